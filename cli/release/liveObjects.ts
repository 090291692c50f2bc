import {
  ApiException,
  HttpMethod,
  type ApiType,
  type Configuration,
  type KubeConfig,
} from "#bundled/kubernetes";
import type { Manifest } from "../../rendering/manifest.ts";
import { unlessMissing } from "../kubernetes/unlessMissing.ts";

/** Kinds of which an environment may have objects that its program no longer knows. */
const usual: Record<string, string[]> = {
  v1: [
    ...["ConfigMap", "LimitRange", "PersistentVolumeClaim", "ResourceQuota", "Secret", "Service"],
    "ServiceAccount",
  ],
  "apps/v1": ["Deployment"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "batch/v1": ["CronJob", "Job"],
  "gateway.networking.k8s.io/v1": ["HTTPRoute"],
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding"],
};

/** What there is in a namespace, and of which kinds that is known. */
export interface LiveObjects {
  objects: Manifest[];
  kinds: Set<string>;
  /** Kinds that the login may not list. */
  hidden: string[];
  /** Version of the cluster, such as `v1.36.0`. */
  version: string;
}

/**
 * All objects of a namespace as the API server has them, and the namespace itself.
 * @param expected whose kinds are looked at beside the usual ones.
 */
export async function liveObjects(
  config: KubeConfig,
  namespace: string,
  expected: Manifest[],
): Promise<LiveObjects> {
  const api = config.makeApiClient(PlainApi);
  const own = api.get<Manifest>(`/api/v1/namespaces/${namespace}`);
  const version = api.get<{ gitVersion?: string }>("/version");
  const lists = [...kindsOf(expected)].map(async ([kind, apiVersion]) => {
    const items = await listOf(api, namespace, kind, apiVersion);
    return { kind, items };
  });
  const [read, there, { gitVersion = "" }] = await Promise.all([
    Promise.all(lists),
    unlessMissing(own),
    version,
  ]);
  const known = read.flatMap(({ kind, items }) => (items === undefined ? [] : [{ kind, items }]));
  return {
    objects: [
      ...(there === undefined ? [] : [{ ...there, kind: "Namespace" }]),
      ...known.flatMap(({ kind, items }) => items.map((item) => ({ ...item, kind }))),
    ],
    kinds: new Set(["Namespace", ...known.map(({ kind }) => kind)]),
    hidden: read.flatMap(({ kind, items }) => (items === undefined ? [kind] : [])).sort(),
    version: gitVersion,
  };
}

/** Kinds, and the version of the API that has each. */
function kindsOf(expected: Manifest[]): Map<string, string> {
  const known = Object.entries(usual).flatMap(([version, kinds]) =>
    kinds.map((kind) => [kind, version] as const),
  );
  const others = expected.map(({ kind, apiVersion }) => [kind, String(apiVersion)] as const);
  const all = new Map([...known, ...others]);
  all.delete("Namespace");
  return all;
}

/** @returns nothing where the login may not look; none where the cluster does not know the kind. */
async function listOf(
  api: PlainApi,
  namespace: string,
  kind: string,
  apiVersion: string,
): Promise<Manifest[] | undefined> {
  const start = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const path = `${start}/namespaces/${namespace}/${pluralOf(kind)}`;
  try {
    const list = await unlessMissing(api.get<{ items?: Manifest[] }>(path));
    return (list?.items ?? []).map((item) => ({ apiVersion, ...item }));
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return undefined;
    throw error;
  }
}

/** As the API names the collection. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith("s")) return `${name}es`;
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** The API as it is: the generated clients leave out what they do not know, and rename fields. */
class PlainApi implements ApiType {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  async get<T>(path: string): Promise<T> {
    const { baseServer, authMethods, httpApi } = this.#configuration;
    const context = baseServer.makeRequestContext(path, HttpMethod.GET);
    context.setHeaderParam("Accept", "application/json");
    await authMethods.default?.applySecurityAuthentication(context);
    const answer = await httpApi.send(context).toPromise();
    const text = await answer.body.text();
    if (answer.httpStatusCode !== 200)
      throw new ApiException(answer.httpStatusCode, "it refused", text, answer.headers);
    return JSON.parse(text) as T;
  }
}
