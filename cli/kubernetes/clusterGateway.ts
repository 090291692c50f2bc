import { CoreV1Api, CustomObjectsApi, type KubeConfig } from "#bundled/kubernetes";
import { gatewayApi, listed, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import {
  addressOf,
  podLabelsOf,
  type GatewayObject,
  type WayIn,
  waysIn,
  withoutPods,
  withoutWay,
} from "./gatewayDiscovery.ts";
import { unlessForbidden, unlessMissing } from "./unlessMissing.ts";

/**
 * Settings of the cluster's gateway, where it has one that environments may use and nobody has named any: by these,
 * services that are exposed have addresses.
 * @param domain the one that is wanted. Default: the Gateway's own.
 * @param tell is told why there are none, as one sentence.
 * @throws when there are several, of which one has to be named.
 */
export async function clusterGateway(
  config: KubeConfig,
  domain: string | undefined,
  tell: (line: string) => void,
): Promise<Record<string, string>> {
  const gateways = await gatewaysOf(config);
  const found = waysIn(gateways, domain);
  const [one] = found;
  if (one === undefined) {
    tell(withoutWay(gateways, domain));
    return {};
  }
  if (found.length > 1)
    throw new Failure(
      "usage",
      `the cluster has several Gateways for environments (${listed(found.map(({ gateway }) => gateway))}): name one by the setting gateway, such as ${shown(one.gateway)}`,
    );
  const variables = await variablesOf(config, one);
  if (variables === undefined) tell(withoutPods(one));
  return variables ?? {};
}

/** Whether this login may look for a Gateway, if there were one. */
export async function mayFindGateways(config: KubeConfig): Promise<boolean> {
  const wanted = { ...gatewayApi, resourcePlural: "gateways" };
  const list = config.makeApiClient(CustomObjectsApi).listCustomObjectForAllNamespaces(wanted);
  // Of a cluster without the API, it is known that it has none.
  return (
    (await unlessForbidden(unlessMissing(list.then(() => true)).then((found) => found ?? true))) ?? false
  );
}

/** Of a cluster without the Gateway API, or for somebody who may not look, none. */
async function gatewaysOf(config: KubeConfig): Promise<GatewayObject[]> {
  const objects = config.makeApiClient(CustomObjectsApi);
  const list = (await orNothing(
    objects.listCustomObjectForAllNamespaces({ ...gatewayApi, resourcePlural: "gateways" }),
  )) as { items?: GatewayObject[] } | undefined;
  return list?.items ?? [];
}

/** @returns nothing where the Gateway's pods are not known. */
async function variablesOf(config: KubeConfig, way: WayIn): Promise<Record<string, string> | undefined> {
  const { gateway, gatewayClass, domain, tls, port } = way;
  const objects = config.makeApiClient(CustomObjectsApi);
  const core = config.makeApiClient(CoreV1Api);
  const known = (await orNothing(
    objects.getClusterCustomObject({ ...gatewayApi, plural: "gatewayclasses", name: gatewayClass }),
  )) as { spec?: { controllerName?: string } } | undefined;
  const labels = podLabelsOf(known?.spec?.controllerName ?? "", gateway);
  if (labels === undefined) return undefined;
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join();
  const pods = await orNothing(core.listPodForAllNamespaces({ labelSelector }));
  const [pod] = pods?.items ?? [];
  const namespace = pod?.metadata?.namespace;
  if (pod === undefined || namespace === undefined) return undefined;
  const services = await orNothing(core.listNamespacedService({ namespace }));
  const address = addressOf(services?.items ?? [], pod, port);
  return {
    ...{ DYNENV_GATEWAY: gateway, DYNENV_DOMAIN: domain, DYNENV_TLS: String(tls) },
    DYNENV_GATEWAY_PODS: JSON.stringify({ namespace, labels }),
    ...(address && { DYNENV_GATEWAY_ADDRESS: JSON.stringify(address) }),
  };
}

/** What cannot be asked for leaves environments without addresses, as before there were any. */
function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  return unlessMissing(unlessForbidden(answer));
}
