import { setTimeout as sleep } from "node:timers/promises";
import type { IncomingMessage } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  ServerConfiguration,
  V1DeleteOptions,
  V1Job,
  V1Preconditions,
} from "#bundled/kubernetes";
import { kubeConfig, requireAnswer } from "../../cli/access/clusterAccess.ts";
import { firstAnswer } from "../../cli/access/patience.ts";
import { PatientRequests } from "../../cli/access/patientRequests.ts";
import { requirePermissions } from "../../cli/access/preflight.ts";
import { apiServer, everything, kubeconfig, type ApiServer } from "../unit/apiServer.ts";

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server that leaves the first requests unanswered, or breaks their connections. */
async function faulty(fault: "silent" | "broken", times = 1): Promise<ApiServer> {
  let left = times;
  const server = await apiServer((request: IncomingMessage, response) => {
    if (left-- <= 0) everything(request, response);
    else if (fault === "broken") request.socket.destroy();
  });
  ends.push(server.end);
  return server;
}

function clusterAt({ port }: ApiServer) {
  const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
  ends.push(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "config"), kubeconfig(`https://127.0.0.1:${String(port)}`));
  return kubeConfig({ KUBECONFIG: join(folder, "config") });
}

/** The client's own requests, with less patience than usual. */
function impatient(server: ApiServer) {
  const config = clusterAt(server);
  const url = config.getCurrentCluster()?.server ?? "";
  return createConfiguration({
    baseServer: new ServerConfiguration(url, {}),
    authMethods: { default: config },
    httpApi: new PatientRequests(url, { again: [300, 600], end: 1500 }),
  });
}

describe("a request to the cluster", () => {
  it.each(["silent", "broken"] as const)("is sent once more where the first one is %s", async (fault) => {
    const server = await faulty(fault);
    const { items } = await new CoreV1Api(impatient(server)).listNamespace();
    expect(items).toEqual([]);
    expect(server.seen.length).toBe(2);
  });

  it("is given up within its limit", async () => {
    const server = await faulty("silent", 99);
    const begin = performance.now();
    await expect(new CoreV1Api(impatient(server)).listNamespace()).rejects.toThrow(
      /^no answer from https:\S+ within 1\.5 s$/,
    );
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(server.seen.length).toBe(3);
  });

  it("is sent once where a second time would change something", async () => {
    const server = await faulty("silent", 99);
    const [core, batch] = [new CoreV1Api(impatient(server)), new BatchV1Api(impatient(server))];
    await expect(batch.createNamespacedJob({ namespace: "x", body: new V1Job() })).rejects.toThrow(
      "no answer",
    );
    await expect(core.deleteNamespace({ name: "x" })).rejects.toThrow("no answer");
    expect(server.seen.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  });

  it("is sent again where it deletes one very object", async () => {
    const server = await faulty("silent");
    const body = new V1DeleteOptions();
    body.preconditions = new V1Preconditions();
    body.preconditions.uid = "u";
    await new CoreV1Api(impatient(server)).deleteNamespace({ name: "x", body });
    expect(server.seen.map(({ method }) => method)).toEqual(["DELETE", "DELETE"]);
  });

  it("of which the first has no answer for 5 s ends no command", { timeout: 60_000 }, async () => {
    await requireAnswer(clusterAt(await faulty("silent")));
    await requirePermissions(clusterAt(await faulty("silent")), "env-x", "down");
  });
});

describe("the first answer", () => {
  const late = () => new Error("late");

  it("may be that of an earlier question", async () => {
    let asked = 0;
    const ask = async () => {
      const mine = ++asked;
      await sleep(mine === 1 ? 300 : 2000);
      return mine;
    };
    expect(await firstAnswer(ask, { again: [100], end: 5000 }, late)).toBe(1);
    expect(asked).toBe(2);
  });

  it("is an error that asking again would not change", async () => {
    let asked = 0;
    const refused = () => {
      asked++;
      return Promise.reject(new Error("refused"));
    };
    await expect(firstAnswer(refused, { again: [10], end: 100 }, late)).rejects.toThrow("refused");
    expect(asked).toBe(1);
  });
});
