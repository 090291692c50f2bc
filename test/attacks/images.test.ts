import { spawn } from "node:child_process";
import { open, readFile, statfs, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { kubectl, uniqueName } from "../integration/shell.ts";
import { makeNamespace, nodeFolder, nodeProcess, startPods } from "./sandbox.ts";

const settings = `${nodeFolder}/etc/kubelet.yaml`;

test(
  "a disk that is almost full costs images that nobody uses, not those of the cluster itself",
  { timeout: 420_000 },
  async () => {
    const before = await readFile(settings, "utf8");
    if ((await statfs(nodeFolder)).blocks === 0) {
      // The file system tells no size, so the kubelet must not look at how full it is.
      expect(before).toContain("evictionHard: {memory.available: 100Mi}");
      return;
    }
    expect(before).toContain("500Mi");
    const namespace = uniqueName("images");
    await makeNamespace(namespace);
    await startPods(namespace, ["first"]);
    await kubectl("delete", "pod", "first", "-n", namespace);
    await expect.poll(images, { timeout: 60_000, interval: 1000 }).toContain("node");
    const messages = () => kubectl("get", "events", "-A", "-o", "jsonpath={.items[*].message}");
    const soon = { timeout: 120_000, interval: 1000 };
    try {
      await writeFile(settings, `${before.replaceAll("500Mi", "99%")}imageMinimumGCAge: 1s\n`);
      await restartKubelet();
      await expect.poll(messages, soon).toMatch(/attempting to reclaim/i);
      await expect.poll(images, soon).toEqual(["coredns", "pause"]);
    } finally {
      await writeFile(settings, before);
      await restartKubelet();
    }
    const condition = "jsonpath={.status.conditions[?(@.type=='DiskPressure')].status}";
    const pressure = () => kubectl("get", "node", "local", "-o", condition);
    await expect.poll(pressure, soon).toBe("False");
    // Each pod needs one of them.
    await startPods(namespace, ["second"]);
    await kubectl("delete", "namespace", namespace);
  },
);

/** Names of the images that the kubelet knows. */
async function images(): Promise<string[]> {
  const column = "jsonpath={.status.images[*].names[*]}";
  const names = (await kubectl("get", "node", "local", "-o", column)).split(" ");
  return [...new Set(names.map((name) => /([^/:@]+)(:local|@.*|:[^:]*)?$/.exec(name)?.[1] ?? name))].sort();
}

/** Ends the kubelet and starts it again as it was, in the sandbox. */
async function restartKubelet(): Promise<void> {
  const [kubelet, containerd] = await Promise.all([nodeProcess("kubelet"), nodeProcess("containerd")]);
  const command = await textsOf(kubelet, "cmdline");
  const env = Object.fromEntries(
    (await textsOf(kubelet, "environ")).map((text) => {
      const [name = "", ...value] = text.split("=");
      return [name, value.join("=")];
    }),
  );
  process.kill(kubelet);
  await expect.poll(() => nodeProcess("kubelet").catch(() => 0), { timeout: 20_000 }).toBe(0);
  const log = await open(`${nodeFolder}/log/kubelet.log`, "a");
  const args = ["--target", String(containerd), "--net", "--mount", "--pid", "--", ...command];
  // It outlives this test, and ends with the sandbox.
  spawn("nsenter", args, { env, detached: true, stdio: ["ignore", log.fd, log.fd] }).unref();
  await log.close();
}

async function textsOf(pid: number, file: string): Promise<string[]> {
  const content = await readFile(`/proc/${String(pid)}/${file}`, "utf8");
  return content.split("\0").filter((text) => text !== "");
}
