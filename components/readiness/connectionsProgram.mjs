import { connect } from "node:net";
import { existsSync, writeFileSync } from "node:fs";
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
async function closedConnections(services, withinSeconds) {
	const start = Date.now();
	for (let open = 0;;) {
		const passed = Date.now() - start;
		const limit = passed < 3e3 ? 250 : 2e3;
		const closed = (await Promise.all(services.map((one) => closedService(one, limit)))).flat();
		open = closed.length === 0 ? open + 1 : 0;
		if (open === 3) return [];
		if (closed.length > 0 && passed >= withinSeconds * 1e3) return closed;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}
async function closedService(one, limit) {
	try {
		return await connects(one, limit) ? [] : [`${one.service} (no answer on port ${String(one.port)})`];
	} catch (error) {
		const { code, syscall } = error;
		const where = syscall === "getaddrinfo" ? "" : ` on port ${String(one.port)}`;
		return [`${one.service} (${String(code)}${where})`];
	}
}
const terminationLog = "/dev/termination-log";
function leaveMessage(text) {
	if (existsSync(terminationLog)) writeFileSync(terminationLog, text);
}
const { services, withinSeconds } = JSON.parse(process.argv.at(-1) ?? "");
const closed = await closedConnections(services, withinSeconds);
if (closed.length > 0) {
	const sentence = `no connection within ${String(withinSeconds)} s to ${closed.join(", ")}; see dynenv diagnose`;
	console.log(sentence);
	leaveMessage(sentence.slice(0, 4e3));
	process.exit(1);
}
export {};
