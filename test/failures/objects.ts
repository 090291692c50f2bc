import { expect } from "vitest";
import { kubeConfig } from "../../cli/access/clusterAccess.ts";
import { Mask } from "../../cli/text/mask.ts";
import { Observation, diagnosisKinds } from "../../cli/kubernetes/observation.ts";
import { kubectl, kubectlWith, shell } from "../integration/shell.ts";
import type { Manifest } from "./environment.ts";

/** What the CI identity sees of a namespace, until the signal comes. */
export function observed(namespace: string, signal: AbortSignal): Observation {
  const config = kubeConfig(shell);
  return new Observation({ config, namespace, kinds: diagnosisKinds, signal, mask: new Mask() });
}

/** Creates objects, all of which must be taken. */
export async function create(objects: Manifest[]): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const { exitCode, output } = await kubectlWith(JSON.stringify(list), "create", "-f", "-");
  expect(exitCode, output).toBe(0);
}

/** The namespace with all that is in it, and what is outside of it. */
export async function remove(objects: Manifest[]): Promise<void> {
  const outside = objects.filter(({ metadata }) => metadata.namespace === undefined);
  const names = outside.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  await kubectl("delete", ...names, "--ignore-not-found", "--wait=false");
  const [namespace = ""] = outside
    .filter(({ kind }) => kind === "Namespace")
    .map(({ metadata }) => metadata.name);
  // On a node without a kubelet nothing else ends them; in a namespace that goes, none takes their place.
  await kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0");
  await kubectl("wait", `namespace/${namespace}`, "--for=delete", "--timeout=90s");
}
