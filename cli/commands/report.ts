import { basename } from "node:path";
import { Argument, Command } from "commander";
import { isPinned, mergeRequestForm, namespaceName, timeMark } from "../../components/model/index.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { exists } from "../../foundation/files.ts";
import { required } from "../../foundation/required.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { clientEnvironment, requireCluster } from "../access/connect.ts";
import { identify, type Run } from "../environment/identity.ts";
import { summaryFrom } from "../diagnosis/dossier.ts";
import { causeIn } from "../diagnosis/summary.ts";
import { requireEnvironment, requireOurs } from "../environment/owner.ts";
import { seenIn } from "../environment/told.ts";
import { lookAt } from "../fleet/namespaces.ts";
import { spanOf } from "../fleet/verdict.ts";
import { type Stage, stages, type Told } from "../forge/commentText.ts";
import { forgeOf } from "../forge/forge.ts";
import { ForgeClient } from "../forge/forgeClient.ts";
import { keepComment, tellRemoved } from "../forge/keptComment.ts";
import { failureOfJob, runAddress } from "../forge/ownRun.ts";
import { door } from "../process/door.ts";
import { interruptibleWork, orInterrupted } from "../process/interrupt.ts";
import { Report } from "../view/report.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";

interface ReportOptions extends IdentityOptions {
  context?: string;
  dossier?: string;
}

export function reportCommand(): Command {
  return identityOptions(new Command("report"))
    .description("keep one comment of the merge request up to date, where there is a token")
    .addArgument(
      new Argument("[stage]", "how far the environment is (default: what the cluster says)").choices(stages),
    )
    .option(
      "--dossier <file>",
      "what diagnose wrote, which the job keeps: it is named in the comment, if it is there",
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .action(report);
}

async function report(wanted: Stage | undefined, options: ReportOptions): Promise<void> {
  const { line } = new Report();
  const work = interruptibleWork(line);
  const forge = forgeOf(process.env);
  if ("lack" in forge) {
    line(`nothing is reported: ${forge.lack}`);
    return;
  }
  const { mergeRequest } = ciRun(process.env);
  if (mergeRequest === undefined) {
    line("nothing is reported: this is no run for a merge request");
    return;
  }
  const number = required("the merge request", mergeRequest, mergeRequestForm);
  const run = identify(options);
  const told = await orInterrupted(work.signal, toldOf(run, wanted, options));
  const client = new ForgeClient(forge, process.env, work);
  const comment = `the comment about ${run.stack} in merge request ${number}`;
  if (told !== undefined) {
    const kept = await keepComment(client, number, run, told);
    line(`${comment} says that it is ${told.stage === "building" ? "being built" : told.stage}: ${kept}`);
    return;
  }
  const isTold = await tellRemoved(client, number, run, timeMark(new Date()));
  line(
    isTold
      ? `${comment} says that it was removed`
      : `there is nothing to change about ${run.stack} in merge request ${number}`,
  );
}

/** What is to be told of an environment; nothing where it is removed. */
async function toldOf(
  run: Run,
  wanted: Stage | undefined,
  options: ReportOptions,
): Promise<Told | undefined> {
  const { commit } = run;
  const known = { commit, urls: new Map<string, string>(), run: runAddress(process.env) };
  if (wanted === "removed") return undefined;
  if (wanted === "building") return shown({ ...known, stage: "building" });
  if (wanted !== "failed")
    return seen(run, wanted, options).then((now) => now && shown({ ...known, ...now }));
  const failure = { ...known, stage: "failed" as const, cause: failureOfJob(process.env) };
  const { dossier } = options;
  if (dossier !== undefined && (await exists(dossier))) {
    // What was found right after it failed: by now, something else may be wrong, too.
    const found = causeIn((await summaryFrom(dossier)) ?? "");
    return shown({ ...failure, ...(found !== undefined && { cause: found }), dossier: basename(dossier) });
  }
  // It may have failed for the very reason that the cluster cannot be asked.
  const now = await seen(run, wanted, options).catch((error: unknown) => ({
    cause: (error as Error).message,
  }));
  return shown({ ...failure, ...now, commit });
}

/** What the cluster tells. @returns nothing where there is no such environment any more. */
async function seen(
  run: Run,
  wanted: "ready" | "failed" | undefined,
  { context }: ReportOptions,
): Promise<Omit<Told, "run"> | undefined> {
  const config = kubeConfig(await clientEnvironment(await requireCluster(context)));
  return orUnreachable(async () => {
    if (wanted === "ready") await requireEnvironment(config, run);
    const { value: namespace, now } = await lookAt(config, namespaceName(run.stack));
    if (namespace === undefined || namespace.isTerminating) return undefined;
    requireOurs(namespace, run);
    const span = spanOf(namespace, now);
    const isLimited = !isPinned(namespace.marks) && "expires" in span;
    return {
      ...(await seenIn(config, namespace, wanted, door.mask)),
      ...(isLimited && { expires: timeMark(span.expires) }),
    };
  });
}

/** The same without secrets, and without what a terminal would act upon. */
function shown({ urls, ...told }: Told): Told {
  const texts = Object.entries(told).map(([key, value]) => [
    key,
    typeof value === "string" ? door.text(value) : value,
  ]);
  const addresses = [...urls].map(([service, url]) => [door.text(service), door.text(url)] as const);
  return { ...(Object.fromEntries(texts) as typeof told), urls: new Map(addresses) };
}
