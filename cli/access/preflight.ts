import type { Agent, RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { ApiException, type KubeConfig, type V1SelfSubjectAccessReview } from "#bundled/kubernetes";
import { Failure } from "../../foundation/failure.ts";
import { readVariable } from "../../foundation/variable.ts";
import { firstLimit, noApiServer, orUnreachable } from "./clusterAccess.ts";
import { firstAnswer, noAnswer, usualPatience } from "./patience.ts";
import { serverOf, serverRequest } from "./serverRequest.ts";
import { accesses, permissions, type Access, type Use } from "./permissions.ts";
import { standingPermissions } from "./standingPermissions.ts";

/** What is about to be done; `make` makes a standing environment, and `update` renews one that is there. */
export type Undertaking = Extract<Use, "up" | "down" | "test"> | "run" | "make" | "update";

/** Enough to keep the API server busy; each connection costs a handshake, ten milliseconds of both sides. */
const lanes = 4;
/** A connection that does not answer leaves room for as many others. */
const connections = 2 * lanes;
const firstPatience = { again: [5000], end: firstLimit };

/**
 * Asks the cluster whether the identity may do all that is needed, before anything is changed: Pulumi's provider waits
 * without end for what it may not list.
 * @param namespace where it is to be done; empty: in any.
 * @param env variables of the program, which name the gateway if there is one.
 * @throws with exit code 3 when something may not be done, or when the cluster does not tell.
 */
export async function requirePermissions(
  config: KubeConfig,
  namespace: string,
  undertaking: Undertaking,
  env: Record<string, string> = {},
): Promise<void> {
  const needed = accesses(
    usesOf(undertaking, env),
    undertaking === "update" ? standingPermissions : permissions,
  );
  const missing = await orUnreachable(() => refused(config, namespace, needed));
  if (missing.length > 0) throw new Failure("unreachable", sentence(missing, namespace, undertaking));
}

const usesBy: Partial<Record<Undertaking, Use[]>> = {
  run: ["up", "down", "test"],
  make: ["up", "stay"],
  update: ["up", "test", "stay"],
};

/** Addresses take rights of their own, for which only those are asked who have a gateway. */
function usesOf(undertaking: Undertaking, env: Record<string, string>): Use[] {
  const uses = [...(usesBy[undertaking] ?? [undertaking as Use])];
  if (!uses.includes("up")) return uses;
  if (isSet("DYNENV_GATEWAY", env)) uses.push("route");
  if (isSet("DYNENV_INGRESS_CLASS", env)) uses.push("ingress");
  return uses;
}

function isSet(name: string, env: Record<string, string>): boolean {
  return (env[name] ?? readVariable(name) ?? "") !== "";
}

async function refused(config: KubeConfig, namespace: string, needed: Access[]): Promise<Access[]> {
  const ask = await client(config);
  const missing = new Set<Access>();
  const left = needed.values();
  const lane = async () => {
    for (const access of left) {
      const { status } = await ask(review(access, namespace));
      if (status?.allowed !== true) missing.add(access);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    return needed.filter((access) => missing.has(access));
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
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const agent = options.agent as Agent;
  Object.assign(agent, { keepAlive: true, maxSockets: connections });
  const server = serverOf(config);
  let isAnswered = false;
  const post = async (body: object): Promise<V1SelfSubjectAccessReview> => {
    const patience = isAnswered ? usualPatience : firstPatience;
    const ask = (signal: AbortSignal) => posted(server, { ...options, signal }, body);
    const answer = await firstAnswer(ask, patience, () => noAnswer(server, patience));
    isAnswered = true;
    return answer;
  };
  const end = () => {
    agent.destroy();
  };
  return Object.assign(post, { end });
}

function posted(server: string, options: RequestOptions, body: object): Promise<V1SelfSubjectAccessReview> {
  const headers = Object.assign({}, options.headers, { "content-type": "application/json" });
  return new Promise((resolve, reject) => {
    const sent = serverRequest(`${server}${path}`, { ...options, method: "POST", headers });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const { statusCode = 0 } = response;
      text(response)
        .then((answer) => {
          if (statusCode >= 300) throw new ApiException(statusCode, "no review", answer, {});
          resolve(reviewIn(answer, server));
        })
        .catch(reject);
    });
    sent.end(JSON.stringify(body));
  });
}

/** @throws where it is none. */
function reviewIn(answer: string, server: string): V1SelfSubjectAccessReview {
  try {
    return JSON.parse(answer) as V1SelfSubjectAccessReview;
  } catch (error) {
    throw noApiServer(server, error);
  }
}

const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Names what is missing; of much, its beginning. */
function sentence(missing: Access[], namespace: string, undertaking: Undertaking): string {
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
  return `the cluster's identity may not ${shown}${more}: ${remedies[undertaking] ?? usualRemedy}`;
}

const usualRemedy = "give it the role in ci/rbac.yaml, which docs/rbac.md explains";
const remedies: Partial<Record<Undertaking, string>> = {
  make: "the cluster's owner makes a standing environment with a first up, which docs/standing.md explains",
  update: "bind the role in ci/standing.yaml to it there, which docs/standing.md explains",
};
