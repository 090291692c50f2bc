import { ownerSelector } from "../../components/model/index.ts";
import { contentOf } from "../../rendering/content.ts";
import { type Manifest, titleOf } from "../../rendering/manifest.ts";

/** All kinds that an environment may have. */
const kinds = [
  ...["resourcequotas", "limitranges", "networkpolicies", "serviceaccounts", "roles", "rolebindings"],
  ...["configmaps", "secrets", "services", "deployments", "jobs", "cronjobs", "httproutes", "ingresses"],
  ...["persistentvolumeclaims", "poddisruptionbudgets", "horizontalpodautoscalers"],
];

/** How kubectl is asked, with what it prints. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** What counts of what a cluster has of an environment, whoever made it, by kind and name. */
export async function contentInCluster(
  kubectl: Kubectl,
  namespace: string,
): Promise<Record<string, Manifest>> {
  const of = ["--selector", ownerSelector, "--output=json"];
  const [whole, found] = await Promise.all([
    kubectl("get", "namespace", namespace, "--output=json"),
    kubectl("get", kinds.join(), "--namespace", namespace, ...of),
  ]);
  const { items } = JSON.parse(found) as { items: Manifest[] };
  // A run of tests is nobody's wish for the environment.
  const own = items.filter(({ metadata }) => !("generateName" in metadata));
  const all = contentOf([JSON.parse(whole) as Manifest, ...own]);
  return Object.fromEntries(all.map((object) => [titleOf(object), object]));
}
