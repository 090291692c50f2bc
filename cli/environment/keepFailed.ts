import { CoreV1Api, PatchStrategy, setHeaderOptions, type KubeConfig } from "#bundled/kubernetes";
import {
  cappedTtl,
  deploymentMarks,
  expiry,
  markAnnotations,
  timeMark,
} from "../../components/model/index.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";

/** Lets an environment live for so long from now, as far as its trust allows it, by its marks. @returns when it expires. */
export async function keepFor(
  config: KubeConfig,
  { name: namespace, marks: { trust } }: EnvironmentNamespace,
  wanted: string,
): Promise<string> {
  const now = timeMark(new Date());
  const ttl = cappedTtl(wanted, trust);
  const annotations = markAnnotations({ ttl, ...deploymentMarks(now, ttl) });
  await config
    .makeApiClient(CoreV1Api)
    .patchNamespace(
      { name: namespace, body: { metadata: { annotations } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  return expiry(now, ttl);
}
