import {
  backingServices,
  type CatalogueService,
  containerResources,
  quota,
  servicePorts,
  sockShop,
  subset,
  Trust,
  trustRules,
  type TrustRules,
} from "../../components/model/index.ts";
import { code, markdownTable } from "./markdownTable.ts";

const { services, functions } = sockShop;

/** Sock Shop's services. */
export function serviceTable(): string {
  const heads = ["service", "image", "ports", "health", "uses", "calls where deployed", "cpu", "memory"];
  return markdownTable(heads, services.map(serviceRow));
}

function serviceRow(service: CatalogueService): string[] {
  const { name, image, healthPath, uses = [], optionalUses = [] } = service;
  const { requests, limits } = containerResources(service);
  const ports = servicePorts(service).map(
    ({ port, targetPort }) => `${String(port)} → ${String(targetPort)}`,
  );
  return [
    code(name),
    `${image.repository} ${image.tag}`,
    ports.join(", "),
    healthPath === undefined ? "TCP" : code(healthPath),
    uses.join(", "),
    optionalUses.map((use) => use.service).join(", "),
    `${requests.cpu} to ${limits.cpu}`,
    `${requests.memory} to ${limits.memory}`,
  ];
}

/** The backing services that are ready to use, with what they give to their users. */
export function backingTable(): string {
  const heads = ["name", "image", "port", "its users get", "cpu", "memory"];
  return markdownTable(heads, backingServices.services.map(backingRow));
}

function backingRow(service: CatalogueService): string[] {
  const { name, image, gives = {} } = service;
  const { requests, limits } = containerResources(service);
  return [
    code(name),
    `${image.repository.replace("library/", "")} ${image.tag}`,
    servicePorts(service)
      .map(({ port }) => String(port))
      .join(", "),
    Object.entries(gives)
      .map(([variable, text]) => code(`${variable}=${text}`))
      .join("<br/>"),
    `${requests.cpu} to ${limits.cpu}`,
    `${requests.memory} to ${limits.memory}`,
  ];
}

/** Sock Shop's functions, with the services that are deployed for each and the quota that these need. */
export function functionTable(): string {
  const rows = Object.entries(functions).map(([name, wanted]) => {
    const closure = subset(sockShop, { functions: [name] });
    const {
      pods = "",
      "limits.cpu": cpu = "",
      "limits.memory": memory = "",
    } = quota(closure, trustRules.trusted);
    const deployed = closure.map((service) => service.name).join(", ");
    return [code(name), wanted.join(", "), deployed, pods, cpu, memory];
  });
  return markdownTable(["function", "names", "deploys, in this order", "pods", "cpu", "memory"], rows);
}

/** Sock Shop's graph: what a service cannot do without, and dotted what it calls where that is deployed. */
export function graphPicture(): string {
  const arrows = services.flatMap(({ name, uses = [], optionalUses = [] }) => [
    ...uses.map((used) => `  ${name} --> ${used}`),
    ...optionalUses.map(({ service }) => `  ${name} -.-> ${service}`),
  ]);
  return ["```mermaid", "flowchart LR", ...arrows, "```"].join("\n");
}

/** Each rule of trust: what it decides, and why it differs. */
const reasons: Record<keyof TrustRules, [decides: string, why: string]> = {
  push: [
    "builds and pushes the application's image",
    "a build runs the fork's Dockerfile with the project's right to push",
  ],
  sharedSecrets: [
    "gets the logins to registries, `secrets` and `serviceSecrets`",
    "code in the namespace can read what its pods can, so nothing is put there that is worth stealing",
  ],
  egress: [
    "may call the destinations outside of the namespace that services name",
    "these trust the cluster's addresses or the project's logins; the fork's code could use or flood them",
  ],
  exposed: [
    "has addresses outside of the cluster for the services that are `exposed`",
    "a page of anybody's under the project's domain could pose as the project; `exposeForks` permits it",
  ],
  drainSeconds: [
    "answers on, where it has addresses, once one of its pods is to end, for this many seconds",
    "the gateway takes a moment to call the new pod alone; a fork's old pods end before the new ones start",
  ],
  surge: [
    "has room for roll-outs with a surge",
    "anybody can open pull requests: each gets the least quota that works, at the price of a short gap in an update",
  ],
  maxTtl: [
    "may exist after its last deployment for at most",
    "a mark that nobody reads any more must not keep it for ever; a deployment renews it",
  ],
  ttl: [
    "may exist, unless told otherwise, for",
    "nobody waits long for a fork's environment, and it holds quota as long as it exists",
  ],
};

export function trustTable(): string {
  const values = Object.values(Trust);
  const rows = Object.entries(reasons).map(([rule, [decides, why]]) => [
    decides,
    ...values.map((value) => shown(trustRules[value][rule as keyof TrustRules])),
    why,
  ]);
  return markdownTable(["an environment", ...values.map(code), "why it differs"], rows);
}

function shown(value: boolean | number | string): string {
  if (typeof value !== "boolean") return String(value);
  return value ? "yes" : "no";
}
