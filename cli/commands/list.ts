import { Command } from "commander";
import { factOf, table } from "../fleet/facts.ts";
import { judgeAll } from "../fleet/fleet.ts";
import { survey } from "../fleet/survey.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { door } from "../process/door.ts";
import { Report } from "../view/report.ts";
import { clientEnvironment, findCluster } from "../access/connect.ts";
import { type ReleaseFact, releaseFacts } from "../release/releaseList.ts";
import { aligned } from "../text/table.ts";
import { fleetOptions, fleetRun, scopeOf, type FleetOptions } from "./fleetOptions.ts";

export function listCommand(): Command {
  return fleetOptions(new Command("list"))
    .description("all environments, and which of them are over, orphaned or in doubt, and why")
    .option("--releases", "releases instead, what runs them, and which can no longer be made again")
    .action(list);
}

async function list({ releases, ...options }: FleetOptions & { releases?: true }): Promise<void> {
  const work = interruptibleWork(new Report().line);
  if (releases === true) {
    await listReleases(options, work.signal);
    return;
  }
  const { environments, view } = await survey(scopeOf(options), await fleetRun(options, work), true);
  const facts = judgeAll(environments, view).map(factOf);
  if (options.json) door.passJson(facts);
  else door.pass(table(facts).join("\n"));
}

async function listReleases({ context, json }: FleetOptions, signal: AbortSignal): Promise<void> {
  const cluster = await findCluster(context);
  const facts = await releaseFacts(
    cluster === undefined ? process.env : await clientEnvironment(cluster),
    signal,
  );
  if (json) door.passJson(facts);
  else door.pass(releaseTable(facts).join("\n"));
}

function releaseTable(facts: ReleaseFact[]): string[] {
  if (facts.length === 0) return ["no release was made yet: `dynenv release VERSION` makes one"];
  const rows = facts.map(({ version, commit, made, runsIn, ...again }) => [
    ...[version, commit.slice(0, 12), made.slice(0, 16), runsIn.join(", ") || "-"],
    whetherAgain(again),
  ]);
  return aligned([["RELEASE", "COMMIT", "MADE", "RUNS IN", "CAN BE MADE AGAIN"], ...rows]);
}

function whetherAgain({ lacks, unknown }: Pick<ReleaseFact, "lacks" | "unknown">): string {
  if (lacks !== "") return `no: ${lacks}`;
  return unknown === "" ? "yes" : `not known: ${unknown}`;
}
