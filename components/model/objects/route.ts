import { exposedPort, exposedServices } from "../graph/exposure.ts";
import type { Service } from "../graph/service.ts";
import { shortHash } from "../rules/names.ts";
import { shown } from "../rules/shown.ts";
import type { Gateway } from "./gateway.ts";

/** Longest part of a host between its dots (RFC 1123). */
const maxLabelLength = 63;
const separator = "--";
/** Characters of a hash that tell shortened names apart. */
const hashLength = 6;
/** So much of a name people have to see. */
const leastLength = 2;

/** A service's address outside of the cluster. */
export interface Route {
  service: string;
  host: string;
  /** Path that requests begin with. */
  path: string;
  /** Port of the Service. */
  port: number;
  /** What people open. */
  url: string;
}

/**
 * The address of a service that is exposed. The application has the namespace's name as its host, any other service its own
 * in front of that: the namespace stays whole, so that two environments never share a host.
 * @throws when a namespace's name leaves no room for the service's.
 */
export function routeOf(
  service: Service,
  isApplication: boolean,
  namespace: string,
  gateway: Gateway,
): Route {
  const { path = "/" } = service.exposure ?? {};
  const label = isApplication ? namespace : labelOf(service.name, namespace);
  const host = `${label}.${gateway.domain}`;
  return {
    ...{ service: service.name, host, path },
    port: exposedPort(service)?.port ?? 0,
    url: `${originOf(host, gateway)}${path === "/" ? "" : path}`,
  };
}

/** The addresses of all services that are exposed. @throws as {@link routeOf}. */
export function routes(
  services: Service[],
  application: string,
  namespace: string,
  gateway: Gateway,
): Route[] {
  return exposedServices(services).map((service) =>
    routeOf(service, service.name === application, namespace, gateway),
  );
}

function labelOf(service: string, namespace: string): string {
  const room = maxLabelLength - namespace.length - separator.length;
  if (service.length <= room) return `${service}${separator}${namespace}`;
  const kept = room - hashLength - 1;
  if (kept < leastLength)
    throw new Error(
      `service ${shown(service)} is exposed but its host has no room beside the namespace ${shown(namespace)}, which has ${String(namespace.length)} of ${String(maxLabelLength)} characters: give the stack a shorter name`,
    );
  const short = service.slice(0, kept).replace(/-+$/, "");
  return `${short}-${shortHash(service).slice(0, hashLength)}${separator}${namespace}`;
}

function originOf(host: string, { tls = true, port }: Gateway): string {
  const usual = tls ? 443 : 80;
  const scheme = tls ? "https" : "http";
  return `${scheme}://${host}${port === undefined || port === usual ? "" : `:${String(port)}`}`;
}

/** Where Gateways and routes are among the kinds of Kubernetes. */
export const gatewayApi = { group: "gateway.networking.k8s.io", version: "v1" };

/** By it a route or an Ingress tells the address of its service. */
export const urlAnnotation = "dynenv/url";

/** Told to search engines, which have found open previews elsewhere; by it the readiness Job knows an answer that came through the route. */
export const noIndex = { name: "X-Robots-Tag", value: "noindex" };

/** The spec of an HTTPRoute. */
export function httpRouteSpec({ service, host, path, port }: Route, gateway: string) {
  const [namespace = "", name = ""] = gateway.split("/");
  return {
    parentRefs: [{ group: gatewayApi.group, kind: "Gateway", namespace, name }],
    hostnames: [host],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: path } }],
        filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set: [noIndex] } }],
        backendRefs: [{ group: "", kind: "Service", name: service, port, weight: 1 }],
      },
    ],
  };
}

/** The spec of an Ingress; its certificate is the controller's own. */
export function ingressSpec({ service, host, path, port }: Route, ingressClass: string) {
  const backend = { service: { name: service, port: { number: port } } };
  return {
    ingressClassName: ingressClass,
    rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend }] } }],
  };
}
