import {
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesObject,
  NetworkingV1Api,
} from "#bundled/kubernetes";
import { gatewayApi, isOurs, urlAnnotation } from "../../components/model/index.ts";
import { unlessForbidden, unlessMissing } from "./unlessMissing.ts";

/** An HTTPRoute, as far as gateways tell of it. */
export interface RouteObject extends KubernetesObject {
  status?: {
    parents?: { conditions?: { type: string; status: string; reason: string; message: string }[] }[];
  };
}

/** The addresses of an environment outside of the cluster, by the services' names, as routes and Ingresses tell them. */
export async function urlsIn(config: KubeConfig, namespace: string): Promise<Map<string, string>> {
  const networking = config.makeApiClient(NetworkingV1Api);
  const lists: ({ items: KubernetesObject[] } | undefined)[] = await Promise.all([
    unlessForbidden(httpRoutes(config, namespace)),
    unlessForbidden(networking.listNamespacedIngress({ namespace })),
  ]);
  const objects = lists.flatMap((list) => list?.items ?? []);
  // Who may not look has a port forwarded instead.
  const urls = objects.flatMap(({ metadata }) => {
    const url = metadata?.annotations?.[urlAnnotation];
    return url === undefined || !isOurs(metadata?.labels) ? [] : [[metadata?.name ?? "", url] as const];
  });
  return new Map(urls);
}

/** The routes of a namespace; none in a cluster without the Gateway API. */
export async function httpRoutes(config: KubeConfig, namespace: string): Promise<{ items: RouteObject[] }> {
  const objects = config.makeApiClient(CustomObjectsApi);
  const wanted = { ...gatewayApi, plural: "httproutes", namespace };
  const list = objects.listNamespacedCustomObject(wanted) as Promise<{ items: RouteObject[] }>;
  return (await unlessMissing(list)) ?? { items: [] };
}
