import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../foundation/folders.ts";

const { version, dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  version: string;
  dependencies: Record<string, string>;
};

/** Version of this package. */
export const packageVersion = version;

/** Version of one of Pulumi's packages, which its plugin and whatever stands in for that must have, too. */
export function versionOf(name: "pulumi" | "kubernetes" | "random" | "docker"): string {
  return dependencies[`@pulumi/${name}`] ?? "";
}

const kubernetesModule = readFileSync(join(projectRoot, "local", "tools", "kubernetes", "go.mod"), "utf8");

/** Release of Kubernetes, as local/tools/kubernetes builds it. */
export const kubernetesRelease = /\sk8s\.io\/kubernetes v(\S+)/.exec(kubernetesModule)?.[1] ?? "";
