import type { Service } from "./service.ts";

/** Name of a service's `port`, which has no other. */
export const mainPort = "main";

/** What says which ports a service has. */
export type Ported = Pick<Service, "port" | "containerPort" | "ports" | "healthPort">;

/** A port of a service, with what is not stated. */
export interface OpenPort {
  name: string;
  /** Of the Service. */
  port: number;
  containerPort: number;
  protocol: string;
}

/** All ports of a service, `port` first. */
export function portsOf({ port, containerPort = port, ports = {} }: Ported): OpenPort[] {
  const further = Object.entries(ports).map(([name, one]) => ({
    name,
    port: one.port,
    containerPort: one.containerPort ?? one.port,
    protocol: one.protocol ?? "TCP",
  }));
  if (port === undefined || containerPort === undefined) return further;
  return [{ name: mainPort, port, containerPort, protocol: "TCP" }, ...further];
}

/** Those over TCP. */
export function portsOverTcp(service: Ported): OpenPort[] {
  return portsOf(service).filter(({ protocol }) => protocol === "TCP");
}

/** The port that tells whether a service is ready; none where it takes no connections. */
export function askedPort(service: Ported): OpenPort | undefined {
  const { healthPort } = service;
  const open = portsOverTcp(service);
  return healthPort === undefined ? open[0] : open.find(({ name }) => name === healthPort);
}

/** The services that can be asked whether they are ready. */
export function askedServices<S extends Ported>(services: S[]): S[] {
  return services.filter((service) => askedPort(service) !== undefined);
}

/** Ports of a service's container, each once, the one that is asked first. */
export function containerPorts(service: Ported) {
  const asked = askedPort(service);
  const all = portsOf(service);
  const ordered = asked === undefined ? all : [asked, ...all];
  const keyed = ordered.map((one) => [`${String(one.containerPort)}/${one.protocol}`, one] as const);
  const once = keyed.filter(([key], index) => keyed.findIndex(([other]) => other === key) === index);
  return once.map(([, { containerPort, protocol }]) => ({
    containerPort,
    ...(protocol !== "TCP" && { protocol }),
  }));
}

/** Ports of a service's Service; the only one needs no name. */
export function servicePorts(service: Ported) {
  const all = portsOf(service);
  return all.map(({ name, port, containerPort, protocol }) => ({
    port,
    targetPort: containerPort,
    ...((all.length > 1 || name !== mainPort) && { name }),
    ...(protocol !== "TCP" && { protocol }),
  }));
}
