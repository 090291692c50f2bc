import type { Manifest } from "../../rendering/manifests.ts";
import type { Command } from "../processes.ts";
import type { Scenario } from "../scenario.ts";

/** One environment's life: it gets a name that none had before. */
export interface Round {
  scenario: Scenario;
  /** Name of the stack, or of what takes its place. */
  stack: string;
  namespace: string;
  /** What the environment consists of. */
  objects: Manifest[];
  /** A folder for the contender's files of this round. */
  folder: string;
}

/** What is measured, in this order. */
export const steps = ["up", "again", "down"] as const;
export type Step = (typeof steps)[number];

/** A way to make an environment, to bring it up to date, and to remove it. */
export interface Contender {
  name: string;
  /** Its own options, for the reader. */
  options: string;
  /** Gets all ready that is not measured. @returns the commands that are. */
  prepare: (round: Round) => Promise<Record<Step, Command>>;
}
