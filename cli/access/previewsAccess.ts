import {
  ApiException,
  AuthorizationV1Api,
  type KubeConfig,
  V1LocalSubjectAccessReview,
  V1ObjectMeta,
  V1ResourceAttributes,
  V1SubjectAccessReviewSpec,
} from "#bundled/kubernetes";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { sharedWords, usualPreviewIdentity } from "../../foundation/sharedWithPreviews.ts";
import { orUnreachable } from "./clusterAccess.ts";

/** What the settings of a standing environment say of previews on its cluster. */
export interface PreviewSettings {
  /** Who runs previews: a user, as the cluster calls him, or `group:` and the name of a group. Default: the account of ci/rbac.yaml. */
  identity?: string | undefined;
  /** The setting `sharedWithPreviews`. Default: none, what it holds is its own. */
  shared?: string | undefined;
}

/** By each of these somebody gets hold of the Secrets of a namespace. */
const ways: { verb: string; resource: string; subresource?: string }[] = [
  { verb: "get", resource: "secrets" },
  { verb: "list", resource: "secrets" },
  // Which of the two verbs is asked for depends on the cluster's version.
  { verb: "create", resource: "pods", subresource: "exec" },
  { verb: "get", resource: "pods", subresource: "exec" },
];

/**
 * Asks the cluster whether the identity of previews could read what a standing environment holds. It is asked in the namespace alone,
 * so that a role there is enough to ask.
 * @param tell is told where this login may not ask: the cluster's owner then has to know.
 * @throws with exit code 2 when it could, unless the settings say in words that this is meant.
 */
export async function requireKeptFromPreviews(
  config: KubeConfig,
  namespace: string,
  { identity = usualPreviewIdentity, shared }: PreviewSettings,
  tell: (line: string) => void,
): Promise<void> {
  if (shared === sharedWords) return;
  const open = await orUnreachable(() => openWays(config, namespace, identity));
  if (open === undefined)
    tell(
      `whether previews can read the Secrets of namespace ${namespace} is unknown: this login may not create localsubjectaccessreviews there, by which that is asked`,
    );
  if (open === undefined || open.length === 0) return;
  throw new Failure(
    "usage",
    `namespace ${namespace} is open to previews, whose identity ${shown(identity)} may ${open.join(", ")} there: leave it without that right, which docs/standing.md explains, or, if that is meant, set ${settingNamespace}:sharedWithPreviews to ${shown(sharedWords)}`,
  );
}

/** What of it the identity may do, in words; nothing where this login may not ask. */
async function openWays(
  config: KubeConfig,
  namespace: string,
  identity: string,
): Promise<string[] | undefined> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const subject = subjectOf(identity);
  const ask = async (way: (typeof ways)[number]): Promise<string[]> => {
    const body = new V1LocalSubjectAccessReview();
    body.metadata = Object.assign(new V1ObjectMeta(), { namespace });
    const resourceAttributes = Object.assign(new V1ResourceAttributes(), { ...way, namespace });
    body.spec = Object.assign(new V1SubjectAccessReviewSpec(), { ...subject, resourceAttributes });
    const { status } = await api.createNamespacedLocalSubjectAccessReview({ namespace, body });
    const { verb, resource, subresource } = way;
    return status?.allowed === true ? [`${verb} ${[resource, subresource].filter(Boolean).join("/")}`] : [];
  };
  try {
    return (await Promise.all(ways.map(ask))).flat();
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return undefined;
    throw error;
  }
}

/** As the cluster knows somebody: with the groups that it puts everybody of his kind in. */
export function subjectOf(identity: string): Pick<V1SubjectAccessReviewSpec, "user" | "groups"> {
  const everybody = "system:authenticated";
  const [, group] = /^group:(.+)$/.exec(identity) ?? [];
  if (group !== undefined) return { groups: [group, everybody] };
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(identity) ?? [];
  const accounts =
    namespace === undefined ? [] : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  return { user: identity, groups: [...accounts, everybody] };
}
