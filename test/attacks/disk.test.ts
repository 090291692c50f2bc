import { glob, stat, statfs } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create, inNamespace, pod } from "../integration/pods.ts";
import { docker, kubectl, shell, tryKubectl, uniqueName } from "../integration/shell.ts";
import { image, makeNamespace, nodeFolder } from "./sandbox.ts";

const namespace = uniqueName("disk");
const megabytes = 300;
// Where the file system tells no size, the kubelet does not look at what pods write.
const { blocks } = await statfs(nodeFolder);
let withVolume = "";

beforeAll(async () => {
  await makeNamespace(namespace);
  withVolume = await imageWithVolume();
});

afterAll(async () => {
  await kubectl("delete", "namespace", namespace);
});

/** Where pods write, and how. */
const ways: [what: string, command: string][] = [
  ["a folder that the image declares as a volume", `head -c ${String(megabytes)}M /dev/zero > /data/file`],
  ["its own layer", `head -c ${String(megabytes)}M /dev/zero > /tmp/file`],
  ["a writable path", `head -c ${String(megabytes)}M /dev/zero > /writable/file`],
  ["its log", `head -c ${String(megabytes)}M /dev/zero | tr '\\0' a | fold -w 1000`],
];

describe.skipIf(blocks === 0)("a pod that fills the node's disk", () => {
  test.concurrent.each(ways)(
    "by %s is evicted at its limit, and not below it",
    { timeout: 300_000 },
    async (what, command) => {
      const name = uniqueName("writer");
      await create(writer(`${name}-bad`, command, "100Mi"), writer(`${name}-good`, command, "1Gi"));
      const phase = (of: string, path: string) =>
        kubectl("get", "pod", `${name}-${of}`, "-n", namespace, "-o", `jsonpath={.status.${path}}`);
      // The kubelet looks at volumes once a minute.
      await expect.poll(() => phase("bad", "reason"), { timeout: 240_000, interval: 1000 }).toBe("Evicted");
      expect(await phase("bad", "message"), what).toMatch(/ephemeral local storage usage exceeds/i);
      expect(await phase("good", "phase")).toBe("Running");
    },
  );

  test("by its termination log gets it cut", { timeout: 120_000 }, async () => {
    const name = uniqueName("terminal");
    const command = `while sleep 1; do head -c ${String(megabytes)}M /dev/zero > /dev/termination-log; sleep 60; done`;
    await create(writer(name, command, "100Mi"));
    await expect.poll(largest(name), { timeout: 60_000, interval: 200 }).toBeGreaterThan(100 * 2 ** 20);
    await expect.poll(largest(name), { timeout: 30_000, interval: 500 }).toBeLessThan(2 ** 20);
  });
});

/** Bytes that a container's termination log takes of the disk. */
function largest(name: string): () => Promise<number> {
  return async () => {
    const { stdout } = await tryKubectl(
      "get",
      "pod",
      name,
      "-n",
      namespace,
      "-o",
      "jsonpath={.metadata.uid}",
    );
    let bytes = 0;
    for await (const file of glob(`${nodeFolder}/kubelet/pods/${stdout}/containers/*/*`))
      bytes = Math.max(bytes, (await stat(file)).blocks * 512);
    return bytes;
  };
}

/** A pod that writes and then stays, with a limit of what it may take of the disk. */
function writer(name: string, command: string, limit: string) {
  const made = pod(name, {
    image: withVolume,
    command: ["sh", "-c", `${command}; sleep 3600`],
    pullSecret: "pull",
  });
  const [container] = made.spec.containers;
  const amounts = { cpu: "50m", memory: "64Mi", "ephemeral-storage": limit };
  Object.assign(container ?? {}, {
    resources: { requests: amounts, limits: { ...amounts, cpu: "1", memory: "256Mi" } },
    volumeMounts: [{ name: "writable", mountPath: "/writable" }],
  });
  Object.assign(made.spec, { volumes: [{ name: "writable", emptyDir: {} }] });
  Object.assign(made.spec.securityContext, { fsGroup: 10001 });
  return inNamespace(namespace, made);
}

async function imageWithVolume(): Promise<string> {
  const name = `${shell.CI_REGISTRY ?? ""}/dynenv/attacks:${uniqueName("volume")}`;
  const dockerfile = `FROM ${image}\nRUN mkdir -m 777 /data\nVOLUME /data\n`;
  await docker(["--config", `${nodeFolder}/docker-config`, "build", "--tag", name, "-"], {
    input: dockerfile,
  });
  await docker(["--config", `${nodeFolder}/docker-config`, "push", "--quiet", name]);
  return (await docker(["inspect", "--format", "{{index .RepoDigests 0}}", name])).trim();
}
