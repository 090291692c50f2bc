import type { OutgoingHttpHeaders } from "node:http";
import { request, type Agent } from "node:https";
import { ApiException, type KubeConfig, type V1SelfSubjectAccessReview } from "#bundled/kubernetes";
import { Failure } from "../local/failure.ts";
import { orUnreachable } from "./clusterAccess.ts";
import { accesses, type Access, type Use } from "./permissions.ts";

/** What is about to be done. */
export type Undertaking = Exclude<Use, "people"> | "run";

/** Enough to keep the API server busy; each connection costs a handshake, ten milliseconds of both sides. */
const connections = 4;
/** For the first answer, and for all of them. */
const limits = { first: 5000, all: 30_000 };

/**
 * Asks the cluster whether the identity may do all that is needed, before anything is changed: Pulumi's provider waits
 * without end for what it may not list.
 * @param namespace where it is to be done; empty: in any.
 * @throws with exit code 3 when something may not be done, or when the cluster does not tell.
 */
export async function requirePermissions(
  config: KubeConfig,
  namespace: string,
  undertaking: Undertaking,
): Promise<void> {
  const needed = accesses(undertaking === "run" ? ["up", "down", "test"] : [undertaking]);
  const missing = await orUnreachable(() => refused(config, namespace, needed));
  if (missing.length > 0) throw new Failure("unreachable", sentence(missing, namespace));
}

async function refused(config: KubeConfig, namespace: string, needed: Access[]): Promise<Access[]> {
  const ask = await client(config);
  try {
    const answers = await Promise.all(needed.map((access) => ask(review(access, namespace))));
    return needed.filter((_access, index) => answers[index]?.status?.allowed !== true);
  } finally {
    ask.end();
  }
}

function review({ apiGroup, resource, verb, scope }: Access, namespace: string) {
  const [name, subresource] = resource.split("/");
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: {
      resourceAttributes: {
        ...{ group: apiGroup, resource: name, verb },
        ...(subresource !== undefined && { subresource }),
        ...(scope === "namespace" && { namespace }),
      },
    },
  };
}

interface Client {
  (body: object): Promise<V1SelfSubjectAccessReview>;
  end: () => void;
}

/**
 * Posts reviews over a few connections that are kept, and with one login: the generated client would make a connection,
 * and might start a login plugin, for each of a hundred.
 */
async function client(config: KubeConfig): Promise<Client> {
  const options: { headers?: OutgoingHttpHeaders; agent?: Agent } = {};
  await config.applyToHTTPSOptions(options);
  const { headers, agent } = options;
  if (agent !== undefined) Object.assign(agent, { keepAlive: true, maxSockets: connections });
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const server = (config.getCurrentCluster()?.server ?? "").replace(/\/$/, "");
  // One limit for all: those that wait for a connection would each take as long.
  const ended = new AbortController();
  const endAfter = (ms: number) =>
    setTimeout(() => {
      ended.abort(new Error(`no answer from ${server} within ${String(ms / 1000)} s`));
    }, ms);
  const timers = { first: endAfter(limits.first), all: endAfter(limits.all) };
  const post = async (body: object): Promise<V1SelfSubjectAccessReview> =>
    new Promise((resolve, reject) => {
      const sent = request(`${server}${path}`, {
        ...{ method: "POST", agent, signal: ended.signal },
        headers: { ...headers, "content-type": "application/json" },
      });
      const failed = (error: Error) => {
        reject(ended.signal.aborted ? (ended.signal.reason as Error) : error);
      };
      sent.on("error", failed);
      sent.on("response", (response) => {
        clearTimeout(timers.first);
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", failed);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const { statusCode = 0 } = response;
          if (statusCode >= 300) reject(new ApiException(statusCode, "no review", text, {}));
          else resolve(JSON.parse(text) as V1SelfSubjectAccessReview);
        });
      });
      sent.end(JSON.stringify(body));
    });
  const end = () => {
    clearTimeout(timers.first);
    clearTimeout(timers.all);
    ended.abort();
    agent?.destroy();
  };
  return Object.assign(post, { end });
}

/** Names what is missing; of much, its beginning. */
function sentence(missing: Access[], namespace: string): string {
  const verbs = new Map<string, string[]>();
  for (const { apiGroup, resource, verb, scope } of missing) {
    const kind = apiGroup === "" ? resource : `${resource} of ${apiGroup}`;
    const where =
      scope === "cluster" || namespace === "" ? "in the whole cluster" : `in namespace ${namespace}`;
    const target = `${kind} ${where}`;
    verbs.set(target, [...(verbs.get(target) ?? []), verb]);
  }
  const all = [...verbs].map(([target, some]) => `${some.join(", ")} ${target}`);
  const shown = all.slice(0, 3).join("; ");
  const more = all.length > 3 ? `; and ${String(all.length - 3)} more` : "";
  return `the cluster's identity may not ${shown}${more}: give it the role in ci/rbac.yaml, which docs/rbac.md explains`;
}
