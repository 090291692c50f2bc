import * as components from "../../components/index.ts";
import { check, deals, gateway, namespace, route } from "./wrongComponents.ts";
import type { WrongArguments } from "./wrongEnvironments.ts";

/** Gateways and routes that are wrong, as single components are given them. */
export const wrongRoutes: WrongArguments[] = [
  [
    "a gateway in no namespace",
    "NetworkIsolation",
    () =>
      new components.NetworkIsolation("x", {
        ...{ namespace, services: [deals], gateway: { ...gateway, pods: { namespace: " " } } },
      }),
    'gateway.pods.namespace is " " but must be a DNS label, such as traefik',
  ],
  [
    "a gateway without a name",
    "ReadinessCheck",
    check({ gateway: { domain: gateway.domain, pods: gateway.pods } }),
    "give either gateway.name, such as gateway/previews, or gateway.ingressClass, such as traefik",
  ],
  [
    "a service that is not exposed",
    "Route",
    route({}),
    'service "deals" is not exposed: give it exposed: true',
  ],
  [
    "a domain with a scheme",
    "Route",
    route({ exposed: true }, { gateway: { ...gateway, domain: "https://example.com" } }),
    'gateway.domain is "https://example.com" but must be a domain of at most 189 characters in lower case, such as previews.example.com',
  ],
  [
    "a namespace that leaves no room for the service's name",
    "Route",
    route({ exposed: true }, { namespace: `env-${"x".repeat(57)}` }),
    `service "deals" is exposed but its host has no room beside the namespace "env-${"x".repeat(57)}", which has 61 of 63 characters: give the stack a shorter name`,
  ],
];
