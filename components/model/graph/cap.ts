import { z } from "zod";
import { quantities } from "./demands.ts";
import { refusalWithin } from "../rules/form.ts";
import { parseBytes, parseCpu } from "../rules/quantities.ts";

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

const podsRule = "a whole number of pods, such as 20";
const shape = {
  pods: z.int(podsRule).positive(podsRule),
  ...quantities,
};
const form = z.strictObject(shape, 'an object, such as {"pods": 20}').partial();

/** @throws when the cap is no cap, or when the computed quota is over it: what is needed and what is allowed. */
export function checkCap(hard: Record<string, string>, cap: ResourceCap): void {
  const issue = form.safeParse(cap).error?.issues[0];
  if (issue !== undefined)
    throw new Error(refusalWithin(cap, issue, ["cap", ...issue.path].join("."), Object.keys(shape)));
  const needs = [
    { kind: "pods", limit: "pods", allowed: cap.pods?.toString(), parse: Number },
    { kind: "cpu", limit: "limits.cpu", allowed: cap.cpu, parse: parseCpu },
    { kind: "memory", limit: "limits.memory", allowed: cap.memory, parse: parseBytes },
    {
      kind: "ephemeralStorage",
      limit: "limits.ephemeral-storage",
      allowed: cap.ephemeralStorage,
      parse: parseBytes,
    },
  ];
  for (const { kind, limit, allowed, parse } of needs) {
    const needed = hard[limit] ?? "";
    if (allowed === undefined || parse(allowed) >= parse(needed)) continue;
    throw new Error(
      `cap.${kind} is ${allowed} but the environment needs ${needed}: raise the cap to ${needed} or deploy fewer services`,
    );
  }
}
