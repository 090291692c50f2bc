import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect } from "vitest";
import { kubectl, kubectlApply, remains, uniqueName } from "../integration/shell.ts";
import { selfSigned } from "../unit/certificate.ts";
import { nodeImage } from "./environment.ts";
import { programOf, type Page, type Settings } from "./faultyProgram.ts";

/** Of a registry on the node's own loopback, which container runtimes ask without TLS. */
export const registryPort = 5999;
const webhookPort = 5998;
/** An admission webhook on the same loopback, which the API server shares. */
export const webhookUrl = `https://127.0.0.1:${String(webhookPort)}/`;
/** A node without a kubelet. */
export const silentNode = uniqueName("silent");

/** Node, from a registry that takes 20 s to answer. */
export const slowImage = `127.0.0.1:${String(registryPort)}/slow:24-slim`;

let certificate = "";

/** The webhook's authority, in base64. */
export function caBundle(): string {
  return Buffer.from(certificate).toString("base64");
}

/** Starts all of these before a file's tests; after them the cluster must be as before. */
export function useFaultyServer(): void {
  let end: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    end = await startFaultyServer();
  });
  afterAll(async () => {
    await end?.();
    expect(await remains()).toEqual([]);
  });
}

/** Starts all of these. @returns what takes them away. */
async function startFaultyServer(): Promise<() => Promise<void>> {
  const namespace = uniqueName("faulty");
  const own = selfSigned("127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1");
  certificate = own.certificate;
  const created = await kubectlApply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    nodeWithoutKubelet(),
    server(namespace, own),
  );
  if (created.exitCode !== 0) throw new Error(created.output);
  const end = async () => {
    await kubectl("delete", "node", silentNode);
    await kubectl("delete", "namespace", namespace);
  };
  try {
    await kubectl("wait", "-n", namespace, "pod/server", "--for=condition=Ready", "--timeout=60s");
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

function nodeWithoutKubelet() {
  const room = { cpu: "8", memory: "16Gi", pods: "100" };
  return {
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: silentNode } },
    spec: { taints: [{ key: "silent", effect: "NoSchedule" }] },
    status: { capacity: room, allocatable: room },
  };
}

function server(namespace: string, { certificate: cert, key }: { certificate: string; key: string }) {
  const [upstream = "", repository = ""] = nodeImage().split(/\/(.*):/);
  const settings: Settings = {
    ...{ pages: pages(), registryPort, cert, key, webhookPort },
    slow: { upstream: `http://${upstream}`, repository, milliseconds: 20_000 },
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "server", namespace },
    spec: {
      ...{ hostNetwork: true, terminationGracePeriodSeconds: 0 },
      containers: [
        {
          ...{ name: "server", image: nodeImage() },
          command: ["node", "--eval", programOf(settings)],
          readinessProbe: { tcpSocket: { port: webhookPort, host: "127.0.0.1" }, periodSeconds: 1 },
        },
      ],
    },
  };
}

const oci = "application/vnd.oci.image";

/** What the registry serves, by path: a repository with each fault. */
function pages(): Record<string, Page> {
  const all: Record<string, Page> = { "/v2/": json("application/json", {}) };
  const put = (repository: string, kind: "blobs" | "manifests", page: Page) => {
    const digest = digestOf(page.body);
    all[`/v2/${repository}/${kind}/${digest}`] = page;
    return { mediaType: page.type, digest, size: Buffer.byteLength(page.body) };
  };
  const config = {
    os: "linux",
    architecture: architecture(),
    rootfs: { type: "layers", diff_ids: [digestOf("")] },
  };
  const manifest = (repository: string) => {
    const layer = put(repository, "blobs", page(`${oci}.layer.v1.tar+gzip`, "no archive"));
    return json(`${oci}.manifest.v1+json`, {
      ...{ schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, layers: [layer] },
      config: put(repository, "blobs", json(`${oci}.config.v1+json`, config)),
    });
  };
  const broken = manifest("broken");
  put("broken", "manifests", broken);
  all["/v2/broken/manifests/1"] = broken;
  const platform = { os: "plan9", architecture: "mips" };
  const foreign = json(`${oci}.index.v1+json`, {
    ...{ schemaVersion: 2, mediaType: `${oci}.index.v1+json` },
    manifests: [{ ...put("foreign", "manifests", manifest("foreign")), platform }],
  });
  put("foreign", "manifests", foreign);
  all["/v2/foreign/manifests/1"] = foreign;
  all["/v2/limited/manifests/1"] = { ...page("text/plain", "too many requests"), status: 429 };
  return all;
}

function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

function page(type: string, body: string): Page {
  return { status: 200, type, body };
}

function json(type: string, body: object): Page {
  return page(type, JSON.stringify(body));
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
