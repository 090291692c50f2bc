import { shown } from "./shown.ts";

/** Whose code an environment runs. */
export const Trust = {
  /** Code of people who may push to the project. */
  trusted: "trusted",
  /** Code of anybody: a pull request from a fork. */
  fork: "fork",
} as const;

/** Whose code an environment runs. */
export type Trust = (typeof Trust)[keyof typeof Trust];

/** What follows from trust. docs/trust.md shows it as a table. */
export interface TrustRules {
  /** Whether the application's image is built and pushed; else it must be given. */
  push: boolean;
  /** Whether logins to registries and the application's secrets are put into the namespace. */
  sharedSecrets: boolean;
  /** Whether services reach the destinations outside of the namespace that they name. */
  egress: boolean;
  /** Whether the quota has room for roll-outs with a surge. */
  surge: boolean;
  /** How long the environment may exist. */
  ttl: string;
}

export const trustRules: Record<Trust, TrustRules> = {
  trusted: { push: true, sharedSecrets: true, egress: true, surge: true, ttl: "24h" },
  fork: { push: false, sharedSecrets: false, egress: false, surge: false, ttl: "4h" },
};

/** What follows from a trust; programs in other languages can pass any text. @throws on one that there is not. */
export function rulesOf(trust: string = Trust.trusted): TrustRules {
  const known = Object.values(Trust).find((value) => value === trust);
  if (known !== undefined) return trustRules[known];
  throw new Error(`trust is ${shown(trust)} but must be ${Object.values(Trust).join(" or ")}`);
}

/** A time to live, in minutes, hours or days. */
export const ttlPattern = /^[1-9]\d{0,4}[mhd]$/;

/** How long an environment may exist: what is asked for, else what its trust says. @throws on another form. */
export function timeToLive(ttl: string | undefined, rules: TrustRules): string {
  if (ttl === undefined || ttlPattern.test(ttl)) return ttl ?? rules.ttl;
  throw new Error(
    `ttl is ${shown(ttl)} but must be a number of minutes, hours or days, such as 90m, 4h or 2d`,
  );
}
