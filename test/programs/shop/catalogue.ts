import { sockShop, type Catalogue } from "dynamic-environments";

/** What the stack deploys: all of the shop. */
export const wanted = { functions: ["order"], names: ["queue-master", "session-db"] };

/** An address outside of the cluster that carts may call. */
export const supplier = { cidr: "198.51.100.7/32", port: 443 };

/**
 * Sock Shop, with a front end for the gateway, a supplier for carts, and two pods of user.
 * @param dropped an optional use that is taken out, such as `front-end user`.
 */
export function catalogue(dropped = ""): Catalogue {
  const [from, to] = dropped.split(" ");
  const services = sockShop.services.map((service) => ({
    ...service,
    ...(service.name === "front-end" && { exposed: true }),
    ...(service.name === "user" && { replicas: 2 }),
    ...(service.name === "carts" && { egress: [supplier] }),
    ...(service.name === from && {
      optionalUses: (service.optionalUses ?? []).filter((use) => use.service !== to),
    }),
  }));
  return { ...sockShop, services };
}
