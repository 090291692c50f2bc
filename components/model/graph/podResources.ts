import { containerResources } from "./containerResources.ts";
import type { Service } from "./service.ts";
import { formatBytes, formatCpu, parseBytes, parseCpu } from "../rules/quantities.ts";

/** What a container or a pod needs. */
export type Needs = ReturnType<typeof containerResources>;
type Kind = "requests" | "limits";

/**
 * What a pod of a service needs: its sidecars, which run all the time, and beside them one init container after the
 * other, and then its own container.
 */
export function podResources(service: Service): Needs {
  const { initContainers = [], sidecars = [] } = service;
  const own = containerResources(service);
  if (initContainers.length === 0 && sidecars.length === 0) return own;
  return sharedBy(
    [own, ...initContainers.map((one) => containerResources(one))],
    sidecars.map((one) => containerResources(one)),
  );
}

/** What the containers of one pod need: those that run one after the other, and those that run all the time. */
export function sharedBy(inTurn: Needs[], beside: Needs[]): Needs {
  const needed = (kind: Kind, resource: keyof Needs[Kind], parse: (quantity: string) => number) => {
    const amounts = (all: Needs[]) => all.map((one) => parse(one[kind][resource]));
    return Math.max(...amounts(inTurn)) + amounts(beside).reduce((sum, amount) => sum + amount, 0);
  };
  const all = (kind: Kind) => ({
    cpu: formatCpu(needed(kind, "cpu", parseCpu)),
    memory: formatBytes(needed(kind, "memory", parseBytes)),
    "ephemeral-storage": formatBytes(needed(kind, "ephemeral-storage", parseBytes)),
  });
  return { requests: all("requests"), limits: all("limits") };
}
