import {
  ApiException,
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesObject,
  NetworkingV1Api,
} from "#bundled/kubernetes";
import { isOurs, urlAnnotation } from "../../components/model/index.ts";

/** An HTTPRoute, as far as gateways tell of it. */
export interface RouteObject extends KubernetesObject {
  status?: {
    parents?: { conditions?: { type: string; status: string; reason: string; message: string }[] }[];
  };
}

/** The addresses of an environment outside of the cluster, by the services' names, as routes and Ingresses tell them. */
export async function urlsIn(config: KubeConfig, namespace: string): Promise<Map<string, string>> {
  const networking = config.makeApiClient(NetworkingV1Api);
  const lists = await Promise.all([
    orNone(() => httpRoutes(config, namespace)),
    orNone(() => networking.listNamespacedIngress({ namespace })),
  ]);
  const urls = lists.flat().flatMap(({ metadata }: KubernetesObject) => {
    const url = metadata?.annotations?.[urlAnnotation];
    return url === undefined || !isOurs(metadata?.labels) ? [] : [[metadata?.name ?? "", url] as const];
  });
  return new Map(urls);
}

/** The routes of a namespace; none in a cluster without the Gateway API. */
export async function httpRoutes(config: KubeConfig, namespace: string): Promise<{ items: RouteObject[] }> {
  try {
    return (await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
      ...{ group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes" },
      namespace,
    })) as { items: RouteObject[] };
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return { items: [] };
    throw error;
  }
}

/** Who may not look has a port forwarded instead. */
async function orNone<T>(list: () => Promise<{ items: T[] }>): Promise<T[]> {
  try {
    return (await list()).items;
  } catch (error) {
    if (error instanceof ApiException && error.code === 403) return [];
    throw error;
  }
}
