import { cpus, release, totalmem } from "node:os";
import { markdownTable } from "../docs/render/markdownTable.ts";
import type { Contender, Step } from "./contenders/contender.ts";
import type { Finding } from "./goals.ts";
import type { Measurement } from "./round.ts";
import { manners } from "./scenario.ts";
import { spread } from "./statistics.ts";

/** The conditions of a run. */
export interface Conditions {
  contenders: Contender[];
  /** Rounds that count. */
  rounds: number;
  /** Versions of what was used, by name. */
  versions: Record<string, string>;
}

/** The page of results. */
export function results(measurements: Measurement[], found: Finding[], conditions: Conditions): string {
  const { contenders, rounds, versions } = conditions;
  const machine = `${String(cpus().length)} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${gigabytes(totalmem())} of memory, Linux ${release()}`;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const sizes = [...new Set(measurements.map(({ size }) => size))];
  const names = contenders.map(({ name }) => name);
  const scenarios = sizes.flatMap((size) =>
    manners.map((kind) => {
      const rows = measurements.filter((row) => row.size === size && row.manners === kind);
      return `## ${String(size)} ${size === 1 ? "service" : "services"}, ${kind}\n\n${table(names, rows)}\n`;
    }),
  );
  return [
    "# Results of `npm run bench`",
    `${new Date().toISOString().slice(0, 10)}. ${machine}; ${software.join(", ")}. ` +
      `Medians of ${String(rounds)} rounds, least and most in parentheses, after a first one that is not counted; the contenders take turns.`,
    explanation,
    markdownTable(
      ["contender", "its own options"],
      contenders.map(({ name, options }) => [name, `\`${options}\``]),
    ),
    "## Goals",
    "As ratios of medians, with 8 services; where nothing else is said, well-behaved ones and plain Pulumi. " +
      "An address is that of the application, in environments for themselves: the median of five, as this machine and a watch see it.",
    markdownTable(
      ["goal", "measured", "at most", ""],
      found.map(({ goal, value, limit, isMet }) => [
        goal,
        value.toFixed(2),
        String(limit),
        isMet ? "met" : "**missed**",
      ]),
    ),
    ...scenarios,
  ].join("\n\n");
}

const explanation = `All contenders deploy the same objects, with the same probes and grace periods; after each \`up\` their hash is
compared, as the cluster has them, but for what tools write into objects for themselves: annotations, labels that say who manages
them, and the namespace as the owner of workloads, by which this project removes them. Among them is a Job that calls every service: an environment is up once all are available
and that Job is done. Images are on the node. Each round has a new namespace. **up**, **again** (without a change) and **down** are seconds
until the command ends, **gone** until the namespace is gone; **CPU** is what the tool's processes used for the \`up\`, **program** and **largest**
the peak of resident memory of the program's Node process and of the tool's largest other one, **writes** and **requests** how often the stack's
state was written and the API server was asked during the \`up\`. Services that ignore SIGTERM have Kubernetes' own grace period of
30 s, all others the second that this project gives them. The single measurements are in \`bench/raw\` after a run.`;

function table(names: string[], rows: Measurement[]): string {
  const heads = [
    "contender",
    "up",
    "again",
    "down",
    "gone",
    "CPU",
    "program",
    "largest",
    "writes",
    "requests",
    "failed",
  ];
  return markdownTable(
    heads,
    names.map((name) =>
      row(
        name,
        rows.filter(({ contender }) => contender === name),
      ),
    ),
  );
}

function row(name: string, rows: Measurement[]): string[] {
  const well = rows.filter(({ exitCode }) => exitCode === 0);
  const of = (step: Step, value: (measurement: Measurement) => number, unit = "", digits = 1) => {
    const values = well.filter((measurement) => measurement.step === step).map(value);
    if (values.length === 0) return "";
    const { median, least, most } = spread(values);
    if (median === 0) return "";
    const range = least === most ? "" : ` (${least.toFixed(digits)}-${most.toFixed(digits)})`;
    return `${median.toFixed(digits)}${unit}${range}`;
  };
  const seconds = ({ seconds }: Measurement) => seconds;
  return [
    name,
    of("up", seconds, " s"),
    of("again", seconds, " s"),
    of("down", seconds, " s"),
    of("down", ({ goneSeconds }) => goneSeconds, " s"),
    of("up", ({ cpuSeconds }) => cpuSeconds, " s"),
    of("up", ({ memory }) => memory["node (program)"] ?? 0, " MB", 0),
    of("up", largest, " MB", 0),
    of("up", ({ stateWrites }) => stateWrites, "", 0),
    of("up", ({ requests }) => requests, "", 0),
    String(rows.length - well.length),
  ];
}

function largest({ memory }: Measurement): number {
  const others = Object.entries(memory).filter(([name]) => name !== "node (program)");
  return Math.max(0, ...others.map(([, megabytes]) => megabytes));
}

function gigabytes(bytes: number): string {
  return `${String(Math.round(bytes / 2 ** 30))} GB`;
}
