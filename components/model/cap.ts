import { parseBytes, parseCpu } from "./quantities.ts";
import { suggestion } from "./suggestion.ts";
import { named, shown } from "./shown.ts";

/** The most that an environment may ask for. */
export interface ResourceCap {
  /** Pods, Jobs and those of a roll-out included. Default: no cap. */
  pods?: number;
  /** Sum of CPU limits, such as `8`. Default: no cap. */
  cpu?: string;
  /** Sum of memory limits, such as `8Gi`. Default: no cap. */
  memory?: string;
  /** Sum of the limits of room on the nodes' disks, such as `20Gi`. Default: no cap. */
  ephemeralStorage?: string;
}

const parts = ["pods", "cpu", "memory", "ephemeralStorage"];

/** @throws when the cap is no cap, or when the computed quota is over it: what is needed and what is allowed. */
export function checkCap(hard: Record<string, string>, cap: ResourceCap): void {
  const unknown = Object.keys(cap).find((key) => !parts.includes(key));
  if (unknown !== undefined)
    throw new Error(`cap has the unknown key ${named(unknown)}: ${suggestion(unknown, parts)}`);
  if (cap.pods !== undefined && !(Number.isInteger(cap.pods) && cap.pods > 0))
    throw new Error(`cap.pods is ${shown(cap.pods)} but must be a whole number of pods, such as 20`);
  const needs = [
    { kind: "pods", limit: "pods", allowed: cap.pods?.toString(), parse: Number },
    { kind: "cpu", limit: "limits.cpu", allowed: cap.cpu, parse: parseCpu },
    { kind: "memory", limit: "limits.memory", allowed: cap.memory, parse: parseBytes },
    {
      ...{ kind: "ephemeralStorage", limit: "limits.ephemeral-storage" },
      ...{ allowed: cap.ephemeralStorage, parse: parseBytes },
    },
  ];
  for (const { kind, limit, allowed, parse } of needs) {
    const needed = hard[limit] ?? "";
    const size = valid(kind, parse);
    if (allowed === undefined || size(allowed) >= size(needed)) continue;
    throw new Error(
      `cap.${kind} is ${allowed} but the environment needs ${needed}: raise the cap to ${needed} or deploy fewer services`,
    );
  }
}

function valid(kind: string, parse: (quantity: string) => number): (quantity: string) => number {
  return (quantity) => {
    try {
      return parse(quantity);
    } catch (error) {
      throw new Error(`cap.${kind}: ${(error as Error).message}`, { cause: error });
    }
  };
}
