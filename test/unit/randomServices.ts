import fc from "fast-check";
import type { Service } from "../../components/model/service.ts";

export function service(name: string, more: Partial<Service> = {}): Service {
  return {
    name,
    port: 80,
    containerPort: 8080,
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { cpu: "500m", memory: "128Mi" },
    ...more,
  };
}

const names = ["front", "orders", "orders-db", "user", "user-db", "queue", "cart", "cart-db"];

/** Some services without a cycle, in any order; each has ports of its own. */
export const graphs: fc.Arbitrary<Service[]> = fc
  .shuffledSubarray(names, { minLength: 1 })
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((name, index) =>
        fc
          .subarray(chosen.slice(0, index))
          .map((uses) => service(name, { uses, port: 80 + index, containerPort: 8080 + index })),
      ),
    ),
  )
  .chain((services) => fc.shuffledSubarray(services, { minLength: services.length }));
