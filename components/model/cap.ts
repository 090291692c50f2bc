import { parseCpu, parseMemory } from "./quantities.ts";
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
}

/** @throws when the cap is no cap, or when the computed quota is over it: what is needed and what is allowed. */
export function checkCap(hard: Record<string, string>, cap: ResourceCap): void {
  const { pods = "", "limits.cpu": cpu = "", "limits.memory": memory = "" } = hard;
  const unknown = Object.keys(cap).find((key) => !["pods", "cpu", "memory"].includes(key));
  if (unknown !== undefined)
    throw new Error(
      `cap has the unknown key ${named(unknown)}: ${suggestion(unknown, ["pods", "cpu", "memory"])}`,
    );
  if (cap.pods !== undefined && !(Number.isInteger(cap.pods) && cap.pods > 0))
    throw new Error(`cap.pods is ${shown(cap.pods)} but must be a whole number of pods, such as 20`);
  const needs = [
    { kind: "pods", allowed: cap.pods?.toString(), needed: pods, size: Number },
    { kind: "cpu", allowed: cap.cpu, needed: cpu, size: valid("cpu", parseCpu) },
    { kind: "memory", allowed: cap.memory, needed: memory, size: valid("memory", parseMemory) },
  ];
  for (const { kind, allowed, needed, size } of needs) {
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
