import { z } from "zod";
import { checked, type Form } from "../rules/form.ts";
import type { Marks } from "../objects/labels.ts";
import { cappedTtlMs, ttlMs } from "./trust.ts";
import { shown } from "../rules/shown.ts";

/** From when until when an environment may exist. */
export interface LifeSpan {
  created: Date;
  /** When it was last deployed, where that is marked. */
  deployed?: Date;
  expires: Date;
}

/** Why nobody can tell how long an environment may exist. */
export interface UnknownSpan {
  unknown: string;
}

/** A point in time as marks have it: ISO 8601, UTC, whole seconds. */
export function timeMark(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** The point in time that a mark tells; nothing for a text that is none. */
export function markedTime(text: string): Date | undefined {
  const time = new Date(text);
  // 30 February is a date to the parser, but comes back as another text.
  return Number.isNaN(time.getTime()) || timeMark(time) !== text ? undefined : time;
}

/** How far clocks may differ. */
export const clockToleranceMs = 300_000;

/** Whether a time is further ahead than clocks may differ; nothing is where the present time is not known. */
export function isFuture(time: Date, now: Date | undefined): boolean {
  return now !== undefined && time.getTime() > now.getTime() + clockToleranceMs;
}

/** The form of the time of a deployment: one of the future would let an environment live longer. */
export function deployedAtForm(now: () => Date): Form<string> {
  const isPossible = (text: string) => {
    const time = markedTime(text);
    return time !== undefined && !isFuture(time, now());
  };
  return {
    schema: z.string().refine(isPossible),
    rule: "a time in UTC to the second that is at most 5 minutes ahead",
    example: "2026-03-01T12:00:00Z",
  };
}

/** @throws when it is not the time of a deployment. */
export function checkDeployedAt(argument: string, text: unknown, now: Date): void {
  checked(
    argument,
    text,
    deployedAtForm(() => now),
  );
}

/** The marks of a deployment at that time; none where it is not given, so that no other deployment changes them. */
export function deploymentMarks(
  deployedAt: string | undefined,
  ttl: string,
): Pick<Marks, "deployed" | "expires"> {
  if (deployedAt === undefined) return {};
  return { deployed: deployedAt, expires: expiry(deployedAt, ttl) };
}

/** When what began at that time has lived its time; empty where one of both is unknown. */
export function expiry(began: string | undefined, ttl: string): string {
  const start = new Date(began ?? "").getTime();
  const end = new Date(start + (ttlMs(ttl) ?? NaN));
  return Number.isNaN(end.getTime()) ? "" : timeMark(end);
}

/**
 * The life span that marks tell, as far as their trust allows it. It ends no earlier than the time to live after the API
 * server wrote the marks: the clock that marked the deployment may be slow, and one that marks no time takes the marks of
 * an earlier one away. Nor does it begin later: a deployment is over when it is marked.
 * @param marked when the API server wrote the marks.
 */
export function lifeSpan(marks: Partial<Marks>, created: Date, marked = created): LifeSpan | UnknownSpan {
  const { ttl, trust, deployed, expires } = marks;
  if (ttl === undefined) return { unknown: "the mark dynenv/ttl is missing" };
  const life = cappedTtlMs(ttl, trust);
  if (life === undefined) return { unknown: `dynenv/ttl is ${shown(ttl)}, which is not a time to live` };
  if (deployed === undefined && expires === undefined)
    return { created, expires: after([created, marked], life) };
  const time = markedTime(deployed ?? "");
  if (time === undefined)
    return { unknown: `dynenv/deployed is ${shown(deployed ?? "")}, which is not a time` };
  if (expires !== expiry(deployed, ttl))
    return {
      unknown: `dynenv/expires is ${shown(expires ?? "")}, which is not dynenv/deployed plus dynenv/ttl`,
    };
  const latest = Math.max(created.getTime(), marked.getTime()) + clockToleranceMs;
  const began = new Date(Math.min(time.getTime(), latest));
  return { created, deployed: began, expires: after([created, marked, began], life) };
}

function after(times: Date[], ms: number): Date {
  return new Date(Math.max(...times.map((time) => time.getTime())) + ms);
}

/** Whether people keep the environment: the mark `dynenv/pinned` is there, and neither empty nor `false`. */
export function isPinned({ pinned = "" }: Partial<Marks>): boolean {
  return !["", "false"].includes(pinned.trim().toLowerCase());
}
