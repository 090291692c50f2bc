import type { Service } from "./service.ts";

/** One thing that must answer before an environment counts as ready. */
export interface ReadinessTarget {
  service: string;
  host: string;
  port: number;
  /** HTTP path that must answer 200 with no failed dependency in its body. @default - a TCP connection is enough. */
  healthPath?: string;
  /** HTTP path that must answer `{"commit": <commit>}`. @default - not checked. */
  commitPath?: string;
  commit?: string;
}

/** What the readiness Job checks, in the graph's order: the first one that fails is the root cause. */
export function readinessTargets(services: Service[], application: string, commit: string): ReadinessTarget[] {
  return services.map((service) => ({
    service: service.name,
    host: service.name,
    port: service.port,
    ...(service.healthPath !== undefined && { healthPath: service.healthPath }),
    ...(service.name === application &&
      service.commitPath !== undefined && { commitPath: service.commitPath, commit }),
  }));
}

/** Program of the readiness Job, for `node --input-type=module --eval`. */
export function readinessProgram(targets: ReadinessTarget[], withinSeconds: number): string {
  return [
    `const waitUntilReady = ${waitUntilReady.toString()};`,
    `const targets = ${JSON.stringify(targets)};`,
    `process.exitCode = await waitUntilReady(targets, ${String(withinSeconds)}, console.log);`,
  ].join("\n");
}

/**
 * Asks every target again and again until each has answered as it should; returns the exit code. Its source text is
 * what runs in the Job, so it refers to nothing outside of itself.
 */
export async function waitUntilReady(
  targets: ReadinessTarget[],
  withinSeconds: number,
  print: (line: string) => void,
): Promise<number> {
  const { connect } = await import("node:net");
  const { setTimeout: sleep } = await import("node:timers/promises");
  const deadline = Date.now() + withinSeconds * 1000;
  const attemptLimit = 2000;
  const pause = 200;

  function acceptsConnections(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, timeout: attemptLimit });
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
      socket.once("timeout", () => socket.destroy(new Error(`no connection within ${String(attemptLimit)} ms`)));
      socket.once("error", reject);
    });
  }

  async function get(target: ReadinessTarget, path: string): Promise<string> {
    const url = `http://${target.host}:${String(target.port)}${path}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(attemptLimit) });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${path} answers ${String(response.status)}`);
    return body;
  }

  function failedDependency(body: string): string | undefined {
    try {
      const parsed = JSON.parse(body) as { health?: { service?: string; status?: string }[] };
      return parsed.health?.find((entry) => entry.status?.toLowerCase() !== "ok")?.service;
    } catch {
      return undefined;
    }
  }

  async function check(target: ReadinessTarget): Promise<void> {
    if (target.healthPath === undefined) {
      await acceptsConnections(target.host, target.port);
    } else {
      const failed = failedDependency(await get(target, target.healthPath));
      if (failed !== undefined) throw new Error(`${target.healthPath} reports ${failed} as not working`);
    }
    if (target.commitPath !== undefined) {
      const { commit } = JSON.parse(await get(target, target.commitPath)) as { commit?: string };
      if (commit !== target.commit) {
        throw new Error(`${target.commitPath} reports commit ${String(commit)} instead of ${String(target.commit)}`);
      }
    }
  }

  async function lastFailure(target: ReadinessTarget): Promise<string | undefined> {
    for (;;) {
      try {
        await check(target);
        return undefined;
      } catch (error) {
        const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
        if (Date.now() + pause > deadline) return cause?.code ?? cause?.message ?? message;
        await sleep(pause);
      }
    }
  }

  const failures = await Promise.all(targets.map(lastFailure));
  const notReady = targets.flatMap((target, index) => {
    const failure = failures[index];
    return failure === undefined ? [] : [`${target.service} (${failure})`];
  });
  print(
    notReady.length === 0
      ? `ready: ${targets.map((target) => target.service).join(", ")}`
      : `not ready within ${String(withinSeconds)} s: ${notReady.join(", ")}`,
  );
  return notReady.length === 0 ? 0 : 1;
}
