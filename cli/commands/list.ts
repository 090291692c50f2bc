import { Command } from "commander";
import { factOf, table } from "../fleet/facts.ts";
import { judgeAll } from "../fleet/fleet.ts";
import { survey } from "../fleet/survey.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { door } from "../process/door.ts";
import { Report } from "../view/report.ts";
import { fleetOptions, fleetRun, scopeOf, type FleetOptions } from "./fleetOptions.ts";

export function listCommand(): Command {
  return fleetOptions(new Command("list"))
    .description("all environments, and which of them are over, orphaned or in doubt, and why")
    .action(list);
}

async function list(options: FleetOptions): Promise<void> {
  const work = interruptibleWork(new Report().line);
  const { environments, view } = await survey(scopeOf(options), await fleetRun(options, work));
  const facts = judgeAll(environments, view).map(factOf);
  if (options.json) door.passJson(facts);
  else door.pass(table(facts).join("\n"));
}
