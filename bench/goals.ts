import type { Step } from "./contenders/contender.ts";
import type { Measurement } from "./round.ts";
import { spread } from "./statistics.ts";

/** A goal, and what was measured. */
export interface Finding {
  goal: string;
  value: number;
  limit: number;
  isMet: boolean;
}

interface Goal {
  name: string;
  limit: number;
  of: string;
  against: string;
  step: Step;
  manners: Measurement["manners"];
  value: (measurement: Measurement) => number;
}

/** The size that the goals are about. */
const size = 8;

const program = ({ memory }: Measurement) => memory["node (program)"] ?? 0;
const ready = { of: "this project", step: "up", manners: "well-behaved", value: seconds } as const;
const removed = { ...ready, step: "down", value: ({ goneSeconds }: Measurement) => goneSeconds } as const;

const goals: Goal[] = [
  { name: "up until ready / kubectl apply and wait", limit: 1.6, against: "kubectl", ...ready },
  { name: "up until ready / Pulumi's defaults", limit: 0.3, against: "Pulumi's defaults", ...ready },
  ...["this project", "this project, dynenv"].flatMap((of) => [
    { ...removed, of, name: `removal, ${of} / kubectl delete namespace`, limit: 0.9, against: "kubectl" },
    { ...removed, of, name: `removal, ${of} / Pulumi's defaults`, limit: 0.6, against: "Pulumi's defaults" },
    { ...removed, of, name: `removal, ${of} / helm uninstall`, limit: 1.1, against: "helm" },
  ]),
  {
    ...{ name: "removal of images that ignore SIGTERM, dynenv down / Pulumi's defaults", limit: 0.3 },
    ...{ ...removed, of: "this project, dynenv", against: "Pulumi's defaults", manners: "ignores SIGTERM" },
  },
  {
    ...ready,
    name: "second up / Pulumi's defaults",
    limit: 0.6,
    against: "Pulumi's defaults",
    step: "again",
  },
  {
    ...ready,
    ...{ name: "program's memory / Pulumi's defaults", limit: 0.6, against: "Pulumi's defaults" },
    value: program,
  },
];

/** In seconds. */
const limits = { start: 40, address: 1 };

/** What is measured for itself, in seconds. */
export interface Alone {
  /** Of `npm start`. */
  start: number;
  /** From each application's ready pod to its address. */
  addresses: number[];
}

/** How each goal stands, as a ratio of medians within this run; those of sizes that were not measured are left out. */
export function findings(measurements: Measurement[], { start, addresses }: Alone): Finding[] {
  const well = measurements.filter(({ exitCode }) => exitCode === 0);
  const ratios = goals.flatMap(({ name, limit, of, against, step, manners, value }) => {
    const median = (contender: string) => {
      const rows = well.filter(
        (row) =>
          row.size === size && row.contender === contender && row.step === step && row.manners === manners,
      );
      return rows.length === 0 ? undefined : spread(rows.map(value)).median;
    };
    const [ours, theirs] = [median(of), median(against)];
    if (ours === undefined || theirs === undefined) return [];
    return [finding(name, ours / theirs, limit)];
  });
  return [
    ...ratios,
    finding(
      "an address answers after its pod is ready, in seconds",
      spread(addresses).median,
      limits.address,
    ),
    finding("npm start, warm, in seconds", start, limits.start),
  ];
}

function finding(goal: string, value: number, limit: number): Finding {
  return { goal, value, limit, isMet: value <= limit };
}

function seconds(measurement: Measurement): number {
  return measurement.seconds;
}
