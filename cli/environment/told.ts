import type { KubeConfig } from "#bundled/kubernetes";
import { Failure } from "../../foundation/failure.ts";
import { readinessBlockers } from "../diagnosis/gate.ts";
import { sentence } from "../diagnosis/rules/finding.ts";
import { snapshotOf } from "../diagnosis/snapshot.ts";
import type { Stage, Told } from "../forge/commentText.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { urlsIn } from "../kubernetes/route.ts";
import type { Mask } from "../text/mask.ts";

/** What the cluster tells of an environment that is there. */
export type Seen = Pick<Told, "commit" | "urls" | "cause"> & { stage: "ready" | "failed" };

/**
 * How far an environment is, and where it is found.
 * @param wanted what is known of it already. Default: the cluster says whether it is ready.
 * @throws where the cluster does not let anybody say it.
 */
export async function seenIn(
  config: KubeConfig,
  { name: namespace, marks: { commit = "" } }: EnvironmentNamespace,
  wanted: Stage | undefined,
  mask: Mask,
): Promise<Seen> {
  const urls = await urlsIn(config, namespace);
  if (wanted === "ready") return { stage: "ready", commit, urls };
  const { state, unknown } = await snapshotOf(config, namespace, mask);
  const [root] = readinessBlockers(state, commit);
  if (root !== undefined) return { stage: "failed", commit, urls, cause: sentence(root) };
  if (wanted === "failed") return { stage: "failed", commit, urls };
  if (unknown.length === 0) return { stage: "ready", commit, urls };
  throw new Failure(
    "unreachable",
    `nobody can say whether ${namespace} is ready: ${unknown.join("; ")}; use a login with the rights in docs/rbac.md, or say it: dynenv report ready`,
  );
}
