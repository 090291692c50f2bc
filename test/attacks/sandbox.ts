import { glob, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";
import { create, inNamespace, pod, pullSecret } from "../integration/pods.ts";
import { adminKubeconfig, kubectl, shell } from "../integration/shell.ts";

/** Folder of the node's processes, which the cluster's own kubeconfig is in. */
export const nodeFolder = dirname(adminKubeconfig);

/** Image with Node, a shell and the usual commands. */
export const image = shell.DYNENV_BASE_IMAGE ?? "";

/** Makes a namespace in which pods can pull the images of the cluster's registry. */
export async function makeNamespace(name: string): Promise<void> {
  const { CI_REGISTRY = "", CI_REGISTRY_USER = "", CI_REGISTRY_PASSWORD = "" } = shell;
  await kubectl("create", "namespace", name);
  await create(inNamespace(name, pullSecret("pull", CI_REGISTRY, CI_REGISTRY_USER, CI_REGISTRY_PASSWORD)));
}

/** Starts pods that do nothing by themselves, and waits for them. */
export async function startPods(namespace: string, names: string[]): Promise<void> {
  const run = { image, command: ["sleep", "3600"], pullSecret: "pull" };
  await create(...names.map((name) => inNamespace(namespace, pod(name, run))));
  const pods = names.map((name) => `pod/${name}`);
  await kubectl("wait", "-n", namespace, "--for=condition=Ready", ...pods, "--timeout=90s");
}

/** The process on the host that is a pod's first container. */
export async function processOf(namespace: string, name: string): Promise<number> {
  const column = "jsonpath={.status.containerStatuses[0].containerID}";
  const id = (await kubectl("get", "pod", name, "-n", namespace, "-o", column)).replace(/^.*\/\//, "");
  return processWhere("cgroup", (text) => text.includes(id));
}

/** A program of the node, such as the kubelet. */
export function nodeProcess(program: string): Promise<number> {
  return processWhere("cmdline", (text) => text.startsWith(`${program}\0`) && text.includes(nodeFolder));
}

/** The first process on the host of which a file in /proc is as wanted. */
async function processWhere(file: string, isWanted: (text: string) => boolean): Promise<number> {
  for await (const path of glob(`/proc/[0-9]*/${file}`)) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (isWanted(text)) return Number(path.split("/")[2]);
  }
  throw new Error(`no process has such a ${file}`);
}

/** Runs a command in the network of a process. */
export async function inNetwork(pid: number, ...command: string[]): Promise<string> {
  const args = ["--target", String(pid), "--net", "--", ...command];
  return (await execa("nsenter", args)).stdout;
}
