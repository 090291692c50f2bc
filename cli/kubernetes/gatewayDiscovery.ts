import { ownerLabels, ownerSelector } from "../../components/model/index.ts";

/** A Gateway of the cluster, as far as it tells who may be reached by it. */
export interface GatewayObject {
  metadata?: { name?: string; namespace?: string };
  spec?: { gatewayClassName?: string; listeners?: Listener[] };
}

interface Listener {
  name: string;
  hostname?: string;
  port: number;
  protocol: string;
  allowedRoutes?: {
    namespaces?: {
      from?: string;
      selector?: { matchLabels?: Record<string, string>; matchExpressions?: Expression[] };
    };
  };
}

interface Expression {
  key: string;
  operator: string;
  values?: string[];
}

/** A way in for environments: a Gateway, and the domain below which it takes all hosts. */
export interface WayIn {
  /** `namespace/name`. */
  gateway: string;
  gatewayClass: string;
  domain: string;
  tls: boolean;
  /** Port of the listener. */
  port: number;
}

/**
 * The Gateways that take all hosts of a domain, each by its best listener, and admit the routes of environments.
 * @param wanted the domain, which a port may follow. Default: that of the Gateway, which then has to name one.
 */
export function waysIn(gateways: GatewayObject[], wanted?: string): WayIn[] {
  return gateways.flatMap((one) => {
    const {
      metadata: { name = "", namespace = "" } = {},
      spec: { gatewayClassName = "", listeners = [] } = {},
    } = one;
    const open = listeners
      .filter(({ hostname, protocol }) => takesAll(hostname, wanted) && /^HTTPS?$/.test(protocol))
      .filter((listener) => admitsEnvironments(listener));
    const best = open.find(({ protocol }) => protocol === "HTTPS") ?? open[0];
    if (best === undefined) return [];
    return [
      {
        ...{ gateway: `${namespace}/${name}`, gatewayClass: gatewayClassName, port: best.port },
        domain: wanted ?? best.hostname?.slice("*.".length) ?? "",
        tls: best.protocol === "HTTPS",
      },
    ];
  });
}

/** Why services get no addresses, where no Gateway is a way in for environments. */
export function withoutWay(gateways: GatewayObject[], wanted?: string): string {
  const [one] = gateways;
  if (one === undefined)
    return noAddress(
      "no Gateway is seen in the cluster: name one by the setting gateway, or a class of Ingresses by ingressClass",
    );
  const { name = "", namespace = "" } = one.metadata ?? {};
  const listener =
    gateways.length === 1 ? `no listener of the Gateway ${namespace}/${name}` : "no listener of any Gateway";
  const hosts = wanted ?? "a domain that it names";
  return noAddress(
    `${listener} takes all hosts of ${hosts} and admits namespaces with the label ${ownerSelector}: add one, as docs/addresses.md shows`,
  );
}

/** The same where nobody knows which pods a policy would have to let in. */
export function withoutPods({ gateway, gatewayClass }: WayIn): string {
  return noAddress(
    `which pods the Gateway ${gateway} of the class ${gatewayClass} has is not known: name them by the setting gatewayPods, beside gateway and domain`,
  );
}

function noAddress(reason: string): string {
  return `nothing that is exposed gets an address outside of the cluster, since ${reason}`;
}

/** Whether a listener takes all hosts of the domain that is wanted, else of one that it names. */
function takesAll(hostname: string | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined) return hostname?.startsWith("*.") === true;
  const [domain = ""] = wanted.split(":");
  return hostname === undefined || (hostname.startsWith("*.") && `.${domain}`.endsWith(hostname.slice(1)));
}

/** Whether routes in namespaces with the labels of environments attach to it. */
export function admitsEnvironments({ allowedRoutes }: Listener): boolean {
  const { from = "Same", selector } = allowedRoutes?.namespaces ?? {};
  if (from === "All") return true;
  if (from !== "Selector" || selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const labels: Record<string, string | undefined> = ownerLabels;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => isMatch(labels[expression.key], expression))
  );
}

function isMatch(value: string | undefined, { operator, values = [] }: Expression): boolean {
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  const isListed = value !== undefined && values.includes(value);
  return operator === "In" ? isListed : !isListed;
}

/** Labels of the pods behind a Gateway, by the controller of its class; nothing of a controller that is not known. */
export function podLabelsOf(controller: string, gateway: string): Record<string, string> | undefined {
  const [namespace = "", name = ""] = gateway.split("/");
  const known: Record<string, Record<string, string>> = {
    "traefik.io/gateway-controller": { "app.kubernetes.io/name": "traefik" },
    "gateway.envoyproxy.io/gatewayclass-controller": {
      "gateway.envoyproxy.io/owning-gateway-name": name,
      "gateway.envoyproxy.io/owning-gateway-namespace": namespace,
    },
    "istio.io/gateway-controller": { "gateway.networking.k8s.io/gateway-name": name },
    "gateway.nginx.org/nginx-gateway-controller": { "gateway.networking.k8s.io/gateway-name": name },
  };
  return known[controller];
}

/** A Service, as far as it leads to pods. */
export interface ServiceObject {
  metadata?: { name?: string; namespace?: string };
  spec?: {
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string }[];
  };
}

/** A pod, as far as it tells its ports. */
export interface PodObject {
  metadata?: { namespace?: string; labels?: Record<string, string> };
  spec?: { containers?: { ports?: { name?: string; containerPort: number }[] }[] };
}

/**
 * Where the listener is called within the cluster: the port of a Service that leads to the listener's own on the pods, else
 * one of the same number.
 */
export function addressOf(services: ServiceObject[], pod: PodObject, listener: number) {
  const { labels = {}, namespace = "" } = pod.metadata ?? {};
  const ports = services
    .filter(({ spec: { selector = {} } = {} }) => isSelected(selector, labels))
    .flatMap(({ metadata: { name = "" } = {}, spec: { ports = [] } = {} }) =>
      ports
        .filter(({ protocol = "TCP" }) => protocol === "TCP")
        .map(({ port, targetPort = port }) => ({
          ...{ host: `${name}.${namespace}.svc`, port },
          podPort: typeof targetPort === "number" ? targetPort : numberOf(targetPort, pod),
        })),
    );
  return ports.find(({ podPort }) => podPort === listener) ?? ports.find(({ port }) => port === listener);
}

function isSelected(selector: Record<string, string>, labels: Record<string, string>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function numberOf(name: string, { spec: { containers = [] } = {} }: PodObject): number | undefined {
  return containers.flatMap(({ ports = [] }) => ports).find((port) => port.name === name)?.containerPort;
}
