import { Command } from "commander";
import { z } from "zod";
import { type Form, namespaceName } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { required } from "../../foundation/required.ts";
import { exclusively } from "../../foundation/lock.ts";
import { kubeConfig } from "../access/clusterAccess.ts";
import { readBranches } from "../fleet/branches.ts";
import { factOf } from "../fleet/facts.ts";
import { judgeAll, type Judged } from "../fleet/fleet.ts";
import { lookAgain, survey, type Scope, type Survey } from "../fleet/survey.ts";
import { planSweep, sweep, type SweepActions, type Limits, type Outcome, type Plan } from "../fleet/sweep.ts";
import { whileUnchanged } from "../fleet/unchanged.ts";
import { RemovalNotice } from "../forge/removalNotice.ts";
import { door } from "../process/door.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { requirePermissions } from "../access/preflight.ts";
import type { PulumiRun } from "../pulumi/pulumi.ts";
import { removeEnvironment } from "../environment/removal.ts";
import { Report } from "../view/report.ts";
import { fleetOptions, fleetRun, requireRemoteOf, scopeOf, type FleetOptions } from "./fleetOptions.ts";

interface ReapOptions extends FleetOptions {
  yes?: true;
  max: number;
  allowDrop?: true;
}

export function reapCommand(): Command {
  return fleetOptions(new Command("reap"))
    .description(
      "remove environments whose time is over or whose branch is gone; without --yes say only which",
    )
    .option("--yes", "remove them")
    .option("--max <n>", "the most that one sweep removes", (text) => required("--max", text, maxForm), 10)
    .option("--allow-drop", "remove orphaned and empty ones also when more than half are so at once")
    .action(reap);
}

const maxForm: Form<number> = {
  schema: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
  rule: "a whole number from 0 to 999999",
  example: "10",
};

async function reap(options: ReapOptions): Promise<void> {
  const report = new Report();
  const work = interruptibleWork(report.line);
  const scope = scopeOf(options);
  requireRemoteOf(options);
  const limits = { max: options.max, allowDrop: options.allowDrop === true };
  const run = await fleetRun(options, work);
  const seen = await survey(scope, run);
  const plan = planSweep(judgeAll(seen.environments, seen.view), limits);
  tell(plan, limits, report, options.yes === true);
  const outcomes = options.yes
    ? await sweep(plan, seen.environments, limits, actions(scope, seen, run), run)
    : undefined;
  if (options.json) door.passJson(asData(plan, outcomes));
  const failed = (outcomes ?? []).filter(({ result }) => result === "failed");
  if (failed.length === 0) return;
  const stacks = failed.map(({ judged, reason }) => `${judged.environment.stack} (${reason ?? ""})`);
  throw new Failure("broken", `not removed: ${stacks.join("; ")}; the next sweep tries again`);
}

function tell({ chosen, later, held }: Plan, { max }: Limits, { line }: Report, isReal: boolean): void {
  for (const verdict of new Set(held.map((one) => one.verdict)))
    line(
      `more than half of the environments lost their ${verdict === "empty" ? "namespace" : "branch"} at once: what is ${verdict} stays; if that is right, add --allow-drop`,
    );
  for (const { environment, verdict, reason } of chosen)
    line(`${isReal ? "to remove" : "would remove"} ${environment.stack}: ${verdict}, since ${reason}`);
  if (later.length > 0) line(`${String(later.length)} more are due, beyond --max ${String(max)}`);
  if (chosen.length === 0) line("nothing to remove");
  else if (!isReal) line("this was a dry run: add --yes to remove them");
}

/** Everything is asked again right before, once no other run of this machine is at work on it. */
function actions({ remote, project }: Scope, { view }: Survey, run: PulumiRun): SweepActions {
  const config = kubeConfig(run.env);
  const notice = new RemovalNotice(process.env, run);
  return {
    inTurn: ({ stack }, work) =>
      exclusively(stack, `another run for ${stack} is under way`, run, work, { waitAtMostMs: 60_000 }),
    look: async (before) => {
      const [{ environment, now }, branches] = await Promise.all([
        lookAgain(before, config, run),
        readBranches(remote, run.signal),
      ]);
      return { environment, view: { ...view, project, now, branches } };
    },
    remove: async (environment) => {
      const { stack, namespace, state } = environment;
      await requirePermissions(config, namespace?.name ?? namespaceName(stack), "down");
      await whileUnchanged(environment, config, run, (signal) =>
        removeEnvironment({ project, stack }, { ...run, signal }),
      );
      const { mergeRequest } = namespace?.marks ?? state?.marks ?? {};
      await notice.tell({ project, stack }, [mergeRequest]);
    },
  };
}

function asData({ chosen, later, held }: Plan, outcomes: Outcome[] | undefined) {
  const facts = (judged: Judged[]) => judged.map(factOf);
  const ends = outcomes?.map(({ judged, result, reason }) => ({
    ...factOf(judged),
    result,
    ...(reason && { why: reason }),
  }));
  return { chosen: facts(chosen), later: facts(later), held: facts(held), ...(ends && { outcomes: ends }) };
}
