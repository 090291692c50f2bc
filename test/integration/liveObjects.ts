import { ownerSelector } from "../../components/model/index.ts";
import { contentHash } from "../../rendering/content.ts";
import type { Manifest } from "../../rendering/manifest.ts";

/** All kinds that an environment may have. */
const kinds = [
  ...["resourcequotas", "limitranges", "networkpolicies", "serviceaccounts", "roles", "rolebindings"],
  ...["configmaps", "secrets", "services", "deployments", "jobs", "cronjobs", "httproutes", "ingresses"],
  ...["persistentvolumeclaims", "poddisruptionbudgets", "horizontalpodautoscalers"],
];

/** How kubectl is asked, with what it prints. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** Hash of what a cluster has of an environment, whoever made it. */
export async function hashInCluster(kubectl: Kubectl, namespace: string): Promise<string> {
  const of = ["--selector", ownerSelector, "--output=json"];
  const [whole, found] = await Promise.all([
    kubectl("get", "namespace", namespace, "--output=json"),
    kubectl("get", kinds.join(), "--namespace", namespace, ...of),
  ]);
  const { items } = JSON.parse(found) as { items: Manifest[] };
  // A run of tests is nobody's wish for the environment.
  const own = items.filter(
    ({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === "CronJob"),
  );
  return contentHash([JSON.parse(whole) as Manifest, ...own]);
}
