import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { KubeConfig } from "#bundled/kubernetes";
import { execa } from "execa";
import { kubeConfig } from "../cli/access/clusterAccess.ts";
import { environmentFor } from "../cli/access/connect.ts";
import { uninterruptible } from "../cli/process/interrupt.ts";
import type { PublishedImage } from "../components/model/index.ts";
import { clusterDown, clusterUp, embeddedKubeconfig, type EmbeddedCluster } from "../local/cluster.ts";
import { benchService, helm } from "../local/goTools.ts";
import { builtTool } from "../local/toolBuild.ts";
import type { Work } from "../foundation/work.ts";
import { ApiRequests, auditPolicy, observer } from "./apiRequests.ts";
import type { Scenario } from "./scenario.ts";

/** Where it is measured: a cluster of its own, the tools, and the images that are deployed. */
export interface Laboratory {
  cluster: EmbeddedCluster;
  /** Variables of a shell with all contenders' tools. */
  env: Record<string, string>;
  /** The benchmark's own way to the cluster. */
  config: KubeConfig;
  requests: ApiRequests;
  /** What all scenarios have in common. */
  images: Pick<Scenario, "registry" | "image" | "readinessImage">;
  /** For files that go afterwards. */
  folder: string;
}

/** Does something in a laboratory, of which nothing stays but built tools and images. */
export async function inLaboratory<T>(work: Work, use: (laboratory: Laboratory) => Promise<T>): Promise<T> {
  const down = () => clusterDown(uninterruptible(work));
  const [helmFolder, serviceFolder] = [await builtTool(helm, work), await builtTool(benchService, work)];
  await down();
  const clusterFolder = dirname(dirname(embeddedKubeconfig()));
  await mkdir(clusterFolder, { recursive: true, mode: 0o700 });
  const policy = join(clusterFolder, "audit-policy.yaml");
  await writeFile(policy, auditPolicy);
  const folder = await mkdtemp(join(tmpdir(), "dynenv-bench-"));
  try {
    const cluster = await clusterUp(work);
    const shell = await environmentFor(cluster, work);
    const env = { ...shell, PATH: `${helmFolder}:${shell.PATH ?? ""}`, HELM_CACHE_HOME: folder };
    const binding = ["clusterrolebinding", observer, "--clusterrole", "cluster-admin", "--user", observer];
    await execa("kubectl", ["create", ...binding], { env });
    const requests = new ApiRequests(join(clusterFolder, "run", "log", "audit.log"));
    const images = {
      registry: cluster.publicRegistry,
      image: await serviceImage(cluster, serviceFolder, folder),
      readinessImage: await nodeImage(cluster),
    };
    return await use({ cluster, env, config: observing(env), requests, images, folder });
  } finally {
    await down();
    await rm(folder, { recursive: true });
    // What is measured after it, or run by hand, is not logged.
    await rm(policy);
  }
}

function observing(env: Record<string, string>): KubeConfig {
  const config = kubeConfig(env);
  config.users = config.users.map((user) => ({ ...user, impersonateUser: observer }));
  return config;
}

/** Builds and pushes the image of the services: one static program. */
async function serviceImage(
  { registry, dockerHost, kubeconfig }: EmbeddedCluster,
  serviceFolder: string,
  folder: string,
): Promise<PublishedImage> {
  const repository = "bench/service";
  const name = `${registry}/${repository}:1`;
  const env = { DOCKER_HOST: dockerHost, DOCKER_CONFIG: join(dirname(kubeconfig), "docker-config") };
  const dockerfile = join(folder, "Dockerfile");
  await writeFile(dockerfile, 'FROM scratch\nCOPY bench-service /\nENTRYPOINT ["/bench-service"]\n');
  await execa("docker", ["build", "--quiet", "--tag", name, "--file", dockerfile, serviceFolder], { env });
  await execa("docker", ["push", "--quiet", name], { env });
  const { stdout } = await execa("docker", ["inspect", "--format", "{{index .RepoDigests 0}}", name], {
    env,
  });
  return { repository, tag: "1", digest: stdout.split("@")[1] ?? "" };
}

/** The base image of the application, by its digest. */
async function nodeImage({ registry, publicRegistry, images }: EmbeddedCluster): Promise<string> {
  const [repository = "", tag = ""] = images.baseImage.slice(registry.length + 1).split(":");
  const accept = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
  ];
  const url = `http://${publicRegistry}/v2/${repository}/manifests/${tag}`;
  const { headers } = await fetch(url, { method: "HEAD", headers: { accept: accept.join() } });
  return `${publicRegistry}/${repository}@${headers.get("docker-content-digest") ?? ""}`;
}
