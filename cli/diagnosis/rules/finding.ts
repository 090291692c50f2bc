import { causes, type CauseId } from "./causes.ts";

/** One thing that is wrong with an environment. */
export interface Finding {
  cause: CauseId;
  /** Name of the service that has it. */
  service: string;
  /** The object that shows it: `Pod/catalogue-7d9f-x2k`. */
  object: string;
  /** What the cluster says of it, in one line. */
  evidence: string;
  /** Last lines of the container's log, where there are any that tell more. Default: none. */
  lines?: string[];
  /** Seconds that this very state may last. Default: those of its cause. */
  patience?: number;
  /** Of what another service that it uses could cause: when the container began that shows it, if it ended since. */
  follows?: { began?: Date };
}

/** The finding in one sentence, with the next step. */
export function sentence({ cause, service, evidence }: Finding): string {
  const { says, next } = causes[cause];
  const said = evidence === "" ? "" : ` (${evidence})`;
  return `${service} ${says}${said}; ${next}`;
}

/** How long the state of a finding may last, in seconds. */
export function patienceWith({ cause, patience }: Finding): number {
  return patience ?? causes[cause].patience;
}
