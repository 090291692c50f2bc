import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { adminKubeconfig, dynenv, kubectl, pulumi, remains, shell, stacks, uniqueName } from "./shell.ts";

interface Kubeconfig {
  clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  users: { user: { token: string } }[];
  contexts: { name: string }[];
}

const stack = uniqueName("moved");
let folder = "";
let ci: Kubeconfig;
let simulated: Awaited<ReturnType<typeof simulatedSettings>>;

beforeAll(async () => {
  simulated = await simulatedSettings();
  folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  ci = parse(await readFile(shell.KUBECONFIG ?? "", "utf8")) as Kubeconfig;
});

afterAll(async () => {
  for (const left of await stacks())
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", left]);
  await simulated.end();
  await rm(folder, { recursive: true });
});

/** A kubeconfig with a context `default`, as several clusters have it, for a server with the cluster's authority. */
async function kubeconfig(name: string, server: string): Promise<string> {
  const path = join(folder, name, "config");
  await mkdir(join(folder, name), { recursive: true });
  const [{ cluster } = { cluster: {} }] = ci.clusters;
  const config = {
    "current-context": "default",
    clusters: [{ name: "default", cluster: { ...cluster, server } }],
    users: [{ name: "default", user: ci.users[0]?.user }],
    contexts: [{ name: "default", context: { cluster: "default", user: "default" } }],
  };
  await writeFile(path, stringify(config));
  return path;
}

/** What `dynenv env` prints on a machine of its own, with a state folder of its own. */
async function job(name: string, variables: Record<string, string>): Promise<Record<string, string>> {
  const own = { KUBECONFIG: "", KUBE_CONTEXT: "", XDG_STATE_HOME: join(folder, name, "state") };
  const { exitCode, output, stdout } = await dynenv(["env", "--json"], { ...own, ...variables });
  expect(exitCode, output).toBe(0);
  return JSON.parse(stdout) as Record<string, string>;
}

/** Passes connections on to the cluster, so that it has a second address; its certificate holds for that, too. */
async function secondAddress(server: string): Promise<{ url: string; end: () => Server }> {
  const { hostname, port } = new URL(server);
  const proxy = createServer((socket) => {
    const target = connect(Number(port), hostname);
    for (const end of [socket, target])
      end.on("error", () => socket.destroy(target.destroy().errored ?? undefined));
    socket.pipe(target).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
  return { url, end: () => proxy.close() };
}

/** What there is but for the simulated node. */
async function left(): Promise<string[]> {
  return (await remains()).filter((object) => !object.startsWith("Node "));
}

async function plainUp(name: string, env: Record<string, string>) {
  await pulumi(["stack", "select", "--create", name], env);
  return pulumi(["up", "--yes", "--skip-preview", "--stack", name, ...simulated.settings], env);
}

test("an environment goes from another folder and by another kubeconfig, but not with that of another cluster", async () => {
  const [{ cluster } = { cluster: { server: "", "certificate-authority-data": "" } }] = ci.clusters;
  const { server } = cluster;
  const deploy = await job("deploy", {
    ...{ KUBE_URL: server, KUBE_TOKEN: ci.users[0]?.user.token ?? "" },
    KUBE_CA: cluster["certificate-authority-data"],
  });
  const up = await plainUp(stack, deploy);
  expect(up.exitCode, up.output).toBe(0);
  // Pulumi encrypts secrets anew, and notes the time, whenever it writes.
  const exported = async () =>
    (await pulumi(["stack", "export", "--stack", stack])).stdout.replaceAll(
      /"(ciphertext|time)": "[^"]*"/g,
      "",
    );
  const state = await exported();
  expect(state).toContain(`"context": "${deploy.KUBE_CONTEXT ?? ""}"`);
  for (const secret of [
    deploy.KUBECONFIG,
    folder,
    ci.users[0]?.user.token,
    cluster["certificate-authority-data"],
    server,
  ])
    expect(state).not.toContain(secret);
  // The deploy job's machine is gone, and with it its kubeconfig.
  await rm(join(folder, "deploy"), { recursive: true });

  const elsewhere = join(folder, "elsewhere");
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, "Pulumi.yaml"), "name: dynenv\nruntime: nodejs\n");
  const destroy = (variables: Record<string, string>) =>
    pulumi(["destroy", "-C", elsewhere, "--yes", "--skip-preview", "--remove", "--stack", stack], variables);

  const { url, end } = await secondAddress(server);
  try {
    const foreign = await job("foreign", { KUBECONFIG: await kubeconfig("foreign", url) });
    expect(foreign.KUBE_CONTEXT).not.toBe(deploy.KUBE_CONTEXT);
    // The other cluster answers, and would delete what it has by these names.
    expect(
      await kubectl("--kubeconfig", foreign.KUBECONFIG ?? "", "get", "pods", "-n", `env-${stack}`),
    ).toContain("deals");
    const objects = await remains();
    const refused = await destroy(foreign);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(/context "cluster-[0-9a-f]{12}" does not exist/);
    for (const command of ["up", "down"]) {
      const { exitCode, output } = await dynenv([command, "--stack", stack], foreign);
      expect(exitCode, output).toBe(3);
      expect(output).toMatch(
        /is of another cluster, whose context cluster-[0-9a-f]{12} this kubeconfig lacks/,
      );
    }
    expect(await remains()).toEqual(objects);
    expect(await exported()).toBe(state);
  } finally {
    end();
  }

  const right = await job("right", { KUBECONFIG: await kubeconfig("right", server) });
  expect(right.KUBECONFIG).not.toBe(deploy.KUBECONFIG);
  const { exitCode, output } = await destroy(right);
  expect(exitCode, output).toBe(0);
  // Removed from another folder, where it has no such file.
  expect(await left()).toEqual([`Pulumi.${stack}.yaml`]);
  await rm(join(projectRoot, `Pulumi.${stack}.yaml`));
});

test("a stack that was made with the plain kubeconfig goes by its private copy", async () => {
  const plain = uniqueName("plain");
  const path = await kubeconfig("plain", ci.clusters[0]?.cluster.server ?? "");
  const up = await plainUp(plain, { KUBECONFIG: path, KUBE_CONTEXT: "" });
  expect(up.exitCode, up.output).toBe(0);
  const { exitCode, output } = await pulumi(
    ["destroy", "--yes", "--skip-preview", "--remove", "--stack", plain],
    await job("copy", { KUBECONFIG: path }),
  );
  expect(exitCode, output).toBe(0);
  expect(await left()).toEqual([]);
});

test("the tests' own identity is no administrator", async () => {
  const can = (...args: string[]) =>
    kubectl("--kubeconfig", shell.KUBECONFIG ?? "", "auth", "can-i", ...args);
  await expect(can("delete", "nodes")).rejects.toThrow("no");
  await expect(can("create", "clusterroles")).rejects.toThrow("no");
  expect(adminKubeconfig).not.toBe(shell.KUBECONFIG);
});
