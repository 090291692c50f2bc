import { z } from "zod";
import { checked, type Form, oneOf } from "../rules/form.ts";
import { shown } from "../rules/shown.ts";

/** Whose code an environment runs. */
export const Trust = {
  /** Code of people who may push to the project. */
  trusted: "trusted",
  /** Code of anybody: a pull request from a fork. */
  fork: "fork",
} as const;

/** Whose code an environment runs. */
export type Trust = (typeof Trust)[keyof typeof Trust];

export const trustForm: Form<Trust> = oneOf(Object.values(Trust));

/** What follows from trust. docs/trust.md shows it as a table. */
export interface TrustRules {
  /** Whether the application's image is built and pushed; else it must be given. */
  push: boolean;
  /** Whether logins to registries and the application's secrets are put into the namespace. */
  sharedSecrets: boolean;
  /** Whether services reach the destinations outside of the namespace that they name. */
  egress: boolean;
  /** Whether the cluster's gateway leads to the services that are `exposed`, unless the gateway says so of forks, too. */
  exposed: boolean;
  /** Seconds for which a pod that the gateway calls answers on once it is to end: until the gateway calls it no more. */
  drainSeconds: number;
  /** Whether the quota has room for roll-outs with a surge. */
  surge: boolean;
  /** How long the environment may exist, unless told otherwise. */
  ttl: string;
  /** How long it may exist at most after its last deployment, whatever it is told. */
  maxTtl: string;
}

/** Traefik takes up changes once in two seconds, unless told otherwise; others do at once. */
const usualDrainSeconds = 3;

export const trustRules: Record<Trust, TrustRules> = {
  trusted: {
    push: true,
    sharedSecrets: true,
    egress: true,
    exposed: true,
    drainSeconds: usualDrainSeconds,
    surge: true,
    ttl: "24h",
    maxTtl: "30d",
  },
  fork: {
    push: false,
    sharedSecrets: false,
    egress: false,
    exposed: false,
    drainSeconds: 0,
    surge: false,
    ttl: "4h",
    maxTtl: "7d",
  },
};

/** The rules of a trust level. @throws on an unknown level: programs in other languages can pass any text. */
export function rulesOf(trust: string = Trust.trusted): TrustRules {
  return trustRules[checked("trust", trust, trustForm)];
}

/** A time to live, in minutes, hours or days. */
const ttlPattern = /^[1-9]\d{0,4}[mhd]$/;

export const ttlForm: Form<string> = {
  schema: z.string().regex(ttlPattern),
  rule: "a number of minutes, hours or days",
  example: "90m, 4h or 2d",
};

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a time to live, such as `90m`; nothing for another text. */
export function ttlMs(ttl: string): number | undefined {
  if (!ttlPattern.test(ttl)) return undefined;
  return Number(ttl.slice(0, -1)) * unitMs[ttl.slice(-1) as keyof typeof unitMs];
}

/**
 * How long an environment may exist: what is asked for, else what its trust says.
 * @throws on another form, and on more than its trust allows.
 */
export function timeToLive(ttl: string | undefined, { ttl: usual, maxTtl }: TrustRules): string {
  if (ttl === undefined) return usual;
  const life = ttlMs(checked("ttl", ttl, ttlForm)) ?? 0;
  if (life <= (ttlMs(maxTtl) ?? 0)) return ttl;
  throw new Error(
    `ttl is ${shown(ttl)} but must be at most ${maxTtl} with this trust: deploy again to renew it`,
  );
}

/** A time to live, as far as a trust allows it; of an unknown one no more than a fork's. */
export function cappedTtl(ttl: string, trust: string | undefined): string {
  const { maxTtl } = trustRules[trust === Trust.trusted ? trust : Trust.fork];
  return (ttlMs(ttl) ?? 0) > (ttlMs(maxTtl) ?? 0) ? maxTtl : ttl;
}

/** A time to live in milliseconds, as far as a trust allows it; of an unknown one no more than a fork's. */
export function cappedTtlMs(ttl: string, trust: string | undefined): number | undefined {
  return ttlMs(cappedTtl(ttl, trust));
}
