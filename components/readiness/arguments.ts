import type { Address } from "./connection.ts";
import type { ReadinessTarget } from "./target.ts";

/** What the program of the readiness Job is called with. */
export interface ReadinessArguments {
  /** What must be ready, in the graph's order. */
  targets: ReadinessTarget[];
  /** Seconds that it has, counted from the start of its pod. */
  withinSeconds: number;
}

/** What the program that runs beside tests is called with. */
export interface ResultsArguments {
  /** Path of the file that their runner writes. */
  path: string;
}

/** What the program that runs before tests is called with. */
export interface ConnectionsArguments {
  services: (Address & { service: string })[];
  withinSeconds: number;
}
