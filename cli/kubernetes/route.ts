import {
  ApiException,
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesObject,
  NetworkingV1Api,
} from "#bundled/kubernetes";
import { urlAnnotation } from "../../components/model/index.ts";

/** An HTTPRoute, as far as gateways tell of it. */
export interface RouteObject extends KubernetesObject {
  status?: {
    parents?: { conditions?: { type: string; status: string; reason: string; message: string }[] }[];
  };
}

/** The address of a service outside of the cluster, as its route or Ingress tells; nothing where it has none. */
export async function urlOf(
  config: KubeConfig,
  namespace: string,
  service: string,
): Promise<string | undefined> {
  const objects = config.makeApiClient(CustomObjectsApi);
  const networking = config.makeApiClient(NetworkingV1Api);
  const route = { group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes" };
  const found = await Promise.all([
    orNothing(() => objects.getNamespacedCustomObject({ ...route, namespace, name: service })),
    orNothing(() => networking.readNamespacedIngress({ namespace, name: service })),
  ]);
  const urls = found.map(
    (one) => (one as KubernetesObject | undefined)?.metadata?.annotations?.[urlAnnotation],
  );
  return urls.find((url) => url !== undefined);
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
async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiException && [403, 404].includes(error.code)) return undefined;
    throw error;
  }
}
