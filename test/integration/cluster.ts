import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { TestProject } from "vitest/node";
import { clusterDown, clusterUp, embeddedKubeconfig } from "../../local/cluster.ts";
import { interruptibleWork, uninterruptible } from "../../cli/process/interrupt.ts";
import { environmentFor } from "../../cli/access/connect.ts";
import { clusterFromKubeconfig } from "../../cli/access/kubeconfigFile.ts";
import { writePrivateKubeconfig } from "../../cli/access/privateKubeconfig.ts";
import { timeMark } from "../../components/model/lifetime/lifeSpan.ts";
import { exitCodes } from "../../foundation/failure.ts";
import { exists } from "../../foundation/files.ts";
import { clusterName, projectRoot, stateFolder } from "../../foundation/folders.ts";
import { inventoryOf } from "./inventory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Variables of a shell that uses the test cluster as a CI job does. */
    shell: Record<string, string>;
    /** The cluster's own kubeconfig, which may do everything. */
    adminKubeconfig: string;
  }
}

// A cluster of the tests' own, from what package registries hold.
process.env.DYNENV_CLUSTER ??= "test";
process.env.DYNENV_TOOLS ??= "modules";
process.env.DYNENV_IMAGES ??= "stand-in";

interface TestCluster {
  shell: Record<string, string>;
  adminKubeconfig: string;
  end: () => Promise<void>;
}

/** The cluster of this run, which the projects of tests share. Each of them loads this file anew. */
const shared = globalThis as { testCluster?: { users: number; cluster: Promise<TestCluster> } };

/** Gives the tests a cluster; ends it after the last of them, and fails when anything is left in it, or of it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const own = (shared.testCluster ??= { users: 0, cluster: startCluster() });
  own.users += 1;
  const { shell, adminKubeconfig, end } = await own.cluster;
  project.provide("shell", shell);
  project.provide("adminKubeconfig", adminKubeconfig);
  return async () => {
    own.users -= 1;
    if (own.users === 0) await end();
  };
}

async function startCluster(): Promise<TestCluster> {
  delete process.env.KUBECONFIG;
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  const work = interruptibleWork(progress);
  const down = () => clusterDown(uninterruptible(work));
  await down();
  const cluster = await clusterUp(work);
  const shell = await environmentFor(cluster, work);
  const access = await ciAccess(shell);
  // As in a pipeline, where it is the same for all jobs.
  const DYNENV_DEPLOYED_AT = timeMark(new Date());
  const admin = { ...shell, KUBECONFIG: cluster.kubeconfig };
  const before = await settledInventory(admin);
  // However this process ends, its cluster does; what ends it early leaves no time but for this.
  process.once("exit", () => {
    if (existsSync(embeddedKubeconfig())) spawnSync(join(projectRoot, "cli", "dynenv"), ["cluster", "down"]);
  });
  work.signal.addEventListener("abort", () => process.exit(exitCodes.interrupted));
  return {
    shell: { ...shell, ...access, DYNENV_DEPLOYED_AT },
    adminKubeconfig: cluster.kubeconfig,
    end: async () => {
      const inCluster = (await inventoryOf(admin)).filter((object) => !before.includes(object));
      const stacks = await stacksIn(cluster.backend);
      await down();
      await rm(access.KUBECONFIG);
      const left = await leftovers();
      const all = [...inCluster, ...stacks.map((file) => `stack ${file}`), ...left];
      if (all.length > 0) throw new Error(`the tests left behind: ${all.join(", ")}`);
    },
  };
}

/** The cluster's inventory once its controllers have put into each namespace what all have. */
async function settledInventory(env: Record<string, string>): Promise<string[]> {
  const kubectl = async (...args: string[]) => (await execa("kubectl", args, { env })).stdout;
  const names = await kubectl("get", "namespaces", "-o", "jsonpath={.items[*].metadata.name}");
  const common = ["serviceaccount/default", "configmap/kube-root-ca.crt"];
  await Promise.all(
    names.split(" ").map((name) => kubectl("wait", "-n", name, "--for=create", ...common, "--timeout=60s")),
  );
  return inventoryOf(env);
}

/** Files of states, each of a stack that was not removed. */
async function stacksIn(backend: string): Promise<string[]> {
  const files = await readdir(join(backend, ".pulumi", "stacks"), { recursive: true }).catch(() => []);
  return files.filter((file) => /\.json(\.gz)?$/.test(file));
}

/** Access as the identity of ci/rbac.yaml under ci/admission.yaml, which every test but those of the cluster itself has. */
async function ciAccess(admin: Record<string, string>) {
  const kubectl = async (...args: string[]) =>
    (await execa("kubectl", args, { env: admin, cwd: projectRoot })).stdout;
  await kubectl("apply", "-f", "ci/rbac.yaml", "-f", "ci/admission.yaml");
  const token = await kubectl("create", "token", "ci", "-n", "dynenv-ci", "--duration=8h");
  const access = clusterFromKubeconfig(admin.KUBECONFIG ?? "", undefined);
  const { kubeconfig } = writePrivateKubeconfig({ ...access, user: { token } });
  // The context's own name: what the one identity made, the other can remove.
  return { KUBECONFIG: kubeconfig, KUBE_CONTEXT: access.alias };
}

async function leftovers(): Promise<string[]> {
  const name = clusterName();
  const link = await execa("ip", ["link", "show", name], { reject: false });
  const own = `${stateFolder()}/clusters/${name}/run|socat -lp ${name}`;
  const processes = await execa("pgrep", ["-f", own], { reject: false });
  const mounts = await execa("grep", ["-F", name, "/proc/mounts"], { reject: false });
  const groups = await execa("find", ["/sys/fs/cgroup", "/run", "-type", "d", "-name", name], {
    reject: false,
  });
  const netns = await exists(`/run/netns/${name}`);
  const written = await execa(
    "find",
    ["/var/lib/cni", "/run/containerd", "/var/log/pods", "-mindepth", "2"],
    { reject: false },
  );
  return [
    link.exitCode === 0 && `link ${name}`,
    processes.stdout !== "" && `processes ${processes.stdout.replaceAll("\n", " ")}`,
    mounts.stdout !== "" && `mounts ${mounts.stdout}`,
    groups.stdout !== "" && `folders ${groups.stdout}`,
    netns && `network namespace ${name}`,
    written.stdout !== "" && `files ${written.stdout}`,
  ].filter((item) => item !== false);
}
