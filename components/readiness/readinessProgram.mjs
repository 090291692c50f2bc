import { existsSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { request } from "node:http";
import { request as request$1 } from "node:https";
function reportOf(services, withinSeconds) {
	return {
		summary: summaryOf(services, withinSeconds),
		services,
		omitted: 0
	};
}
function reportText(report) {
	const fits = (text) => Buffer.byteLength(text) <= 4e3;
	for (const length of [
		400,
		100,
		40
	]) {
		const text = JSON.stringify(shortened(report, length, report.services));
		if (fits(text)) return text;
	}
	let kept = report.services.filter(({ failure }) => failure !== void 0);
	for (;;) {
		const text = JSON.stringify(shortened(report, 40, kept));
		if (fits(text) || kept.length === 0) return text;
		kept = kept.slice(0, -1);
	}
}
function summaryOf(services, withinSeconds) {
	const notReady = services.flatMap(({ service, failure }) => failure === void 0 ? [] : [`${service} (${failure})`]);
	if (notReady.length === 0) return "all services are ready";
	return `not ready within ${String(withinSeconds)} s: ${notReady.join(", ")}; run dynenv diagnose to learn why`;
}
function shortened(report, length, kept) {
	const cut = (text, most) => {
		let end = Math.min(text.length, most);
		while (Buffer.byteLength(JSON.stringify(text.slice(0, end))) > most + 2) end = Math.floor(end * .9);
		return end === text.length ? text : `${text.slice(0, Math.max(0, end - 3))}...`;
	};
	const services = kept.map((service) => {
		const texts = Object.entries(service).map(([key, value]) => [key, typeof value === "string" ? cut(value, key === "service" ? 63 : length) : value]);
		return Object.fromEntries(texts);
	});
	return {
		summary: cut(report.summary, 1e3),
		services,
		omitted: report.services.length - kept.length
	};
}
const startFolder = "/started";
function secondsSinceStart() {
	return existsSync("/started") ? (Date.now() - statSync(startFolder).mtimeMs) / 1e3 : 0;
}
const terminationLog = "/dev/termination-log";
function leaveMessage(text) {
	if (existsSync(terminationLog)) writeFileSync(terminationLog, text);
}
async function connect$1(address, named) {
	try {
		for (const milliseconds of [
			250,
			250,
			250,
			250,
			1e3
		]) if (await connects(address, milliseconds)) return void 0;
	} catch (error) {
		const { code, syscall } = error;
		return syscall === "getaddrinfo" ? String(code) : `${named}: ${String(code)}`;
	}
	return `${named}: no connection within 2 s`;
}
function connects({ host, port }, milliseconds) {
	return new Promise((resolve, reject) => {
		const socket = connect({
			host,
			port,
			timeout: milliseconds
		});
		const end = (isConnected) => {
			socket.destroy();
			resolve(isConnected);
		};
		socket.once("connect", () => {
			end(true);
		});
		socket.once("timeout", () => {
			end(false);
		});
		socket.once("error", reject);
	});
}
async function bodyOf(chunks) {
	const decoder = new TextDecoder();
	let body = "";
	for await (const chunk of chunks) {
		body += decoder.decode(chunk, { stream: true });
		if (body.length > 1e6) throw new Error("its page has more than 1 MB");
	}
	return body;
}
function reasonOf(error) {
	const { code, cause, message } = error;
	return typeof code === "string" ? code : cause?.code ?? cause?.message ?? message;
}
const pageLimit = 12e3;
function judgedHealth({ body = "", ...answer }, path) {
	const dependency = failedDependency(body);
	const named = {
		...answer,
		body,
		...dependency !== void 0 && { dependency }
	};
	if (answer.failure !== void 0) return named;
	return dependency === void 0 ? answer : {
		...named,
		failure: `${path} reports that ${dependency} does not work`
	};
}
function judgedCommit({ body = "", ...answer }, path, expected) {
	if (answer.failure !== void 0) return {
		...answer,
		body
	};
	const commit = commitIn(body);
	if (commit === expected) return {
		...answer,
		commit
	};
	return {
		...answer,
		body,
		commit: commit ?? "",
		failure: `${path} reports ${commit ?? "no commit"} instead of ${String(expected)}`
	};
}
function commitIn(body) {
	try {
		const { commit } = JSON.parse(body);
		return typeof commit === "string" ? commit : void 0;
	} catch {
		return;
	}
}
function failedDependency(body) {
	let page;
	try {
		page = JSON.parse(body);
	} catch {
		return;
	}
	if (!Array.isArray(page?.health)) return void 0;
	const failed = page.health.filter((entry) => String(entry?.status).toLowerCase() !== "ok");
	const [name] = failed.map((entry) => entry?.service);
	if (failed.length === 0) return void 0;
	return typeof name === "string" && name !== "" ? name : "a dependency";
}
const ofGateways = [
	502,
	503,
	504
];
async function askRoute(route, signal) {
	const { host, path, tls, mark, commit } = route;
	const url = `${tls ? "https" : "http"}://${host}${path}`;
	const asked = `GET ${url}`;
	const limit = AbortSignal.timeout(pageLimit);
	try {
		const { status, body, headers } = await get$1(route, AbortSignal.any([signal, limit]));
		const answer = {
			asked,
			status,
			body
		};
		if (!(mark === void 0 ? status !== 404 : headers[mark.name.toLowerCase()] === mark.value) || ofGateways.includes(status)) return {
			...answer,
			failure: `the gateway answers ${String(status)} for ${url}`
		};
		if (commit === void 0) return {
			asked,
			status
		};
		return judgedCommit(status === 200 ? answer : {
			...answer,
			failure: `${url} answers ${String(status)}`
		}, url, commit);
	} catch (error) {
		return {
			asked,
			failure: `the gateway does not answer for ${url}: ${limit.aborted ? `no answer within ${String(pageLimit / 1e3)} s` : reasonOf(error)}`
		};
	}
}
function get$1({ host, gateway, tls, path }, signal) {
	const options = {
		host: gateway.host,
		port: gateway.port,
		path,
		headers: { host },
		agent: false,
		signal
	};
	const secure = {
		...options,
		servername: host,
		rejectUnauthorized: false
	};
	return new Promise((resolve, reject) => {
		const answered = (response) => {
			const { statusCode: status = 0, headers } = response;
			bodyOf(response).then((body) => {
				resolve({
					status,
					body,
					headers
				});
			}, reject);
		};
		const request$2 = tls ? request$1(secure, answered) : request(options, answered);
		request$2.once("error", reject);
		request$2.end();
	});
}
function waitUntilReady(targets, withinSeconds) {
	const deadline = Date.now() + withinSeconds * 1e3;
	return Promise.all(targets.map((target) => lastAnswer(target, deadline)));
}
function lastAnswer(target, deadline) {
	const { service, port, healthPath = `port ${String(port)}` } = target;
	const start = Date.now();
	const over = new AbortController();
	let last;
	let next;
	return new Promise((resolve) => {
		const end = (answer) => {
			clearTimeout(next);
			clearTimeout(limit);
			over.abort();
			resolve({
				service,
				...answer,
				milliseconds: Date.now() - start
			});
		};
		const endOfTime = () => {
			if (last !== void 0) end(last);
			else limit = setTimeout(end, 5e3, {
				asked: healthPath,
				failure: `${healthPath} does not answer`
			});
		};
		let limit = setTimeout(endOfTime, deadline - start);
		const askAgain = async () => {
			next = setTimeout(() => void askAgain(), 2e3);
			const answer = await ask(target, over.signal);
			if (over.signal.aborted) return;
			const after = `${String(Date.now() - start)} ms: ${service} is`;
			if (answer.failure === void 0) console.log(`${after} ready`);
			else if (answer.failure !== last?.failure) console.log(`${after} not ready: ${answer.failure}`);
			last = answer;
			if (answer.failure === void 0 || Date.now() >= deadline) {
				end(answer);
				return;
			}
			clearTimeout(next);
			next = setTimeout(() => void askAgain(), 200);
		};
		askAgain();
	});
}
async function ask(target, signal) {
	const { healthPath, commitPath, pods = target, isSeeded = false } = target;
	const asked = `port ${String(target.port)}`;
	let answer = { asked };
	const refused = await connect$1(pods, asked);
	if (refused !== void 0) return {
		asked,
		failure: refused
	};
	if (healthPath !== void 0) answer = await healthOfAll(target, healthPath, signal);
	if (answer.failure !== void 0) return isSeeded ? {
		...answer,
		failure: `${answer.failure}; its seed waits until it is ready`
	} : answer;
	if (commitPath !== void 0) answer = judgedCommit(await get(target, commitPath, signal), commitPath, target.commit);
	if (answer.failure !== void 0) return answer;
	const unready = pods === target ? void 0 : await connect$1(target, asked);
	if (unready !== void 0) return {
		asked,
		failure: `no pod is ready: ${unready}`
	};
	return target.route === void 0 ? answer : throughRoute(answer, target.route, signal);
}
async function throughRoute(answer, route, signal) {
	const routed = await askRoute(route, signal);
	return routed.failure === void 0 ? answer : routed;
}
async function healthOfAll(target, path, signal) {
	const { replicas = 1 } = target;
	const times = replicas === 1 ? 1 : replicas * 4;
	let answer = judgedHealth(await get(target, path, signal), path);
	for (let time = 1; time < times && answer.failure === void 0; time++) answer = judgedHealth(await get(target, path, signal), path);
	return answer;
}
async function get(target, path, signal) {
	const asked = `GET ${path} on port ${String(target.port)}`;
	const { host, port } = target.pods ?? target;
	const url = `http://${host.includes(":") ? `[${host}]` : host}:${String(port)}${path}`;
	try {
		const limit = AbortSignal.any([signal, AbortSignal.timeout(pageLimit)]);
		const response = await fetch(url, {
			signal: limit,
			redirect: "manual",
			headers: { connection: "close" }
		});
		const { status, headers } = response;
		const answer = {
			asked,
			status,
			body: await bodyOf(response.body ?? [])
		};
		const location = headers.get("location");
		const to = location === null ? "" : ` to ${location}`;
		return status === 200 ? answer : {
			...answer,
			failure: `${path} answers ${String(status)}${to}`
		};
	} catch (error) {
		return {
			asked,
			failure: reasonOf(error)
		};
	}
}
const { targets, withinSeconds } = JSON.parse(process.argv.at(-1) ?? "");
const report = reportOf(await waitUntilReady(targets, withinSeconds - secondsSinceStart()), withinSeconds);
console.log(report.summary);
leaveMessage(reportText(report));
process.exitCode = report.services.some(({ failure }) => failure !== void 0) ? 1 : 0;
export {};
