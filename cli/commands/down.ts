import { Command } from "commander";
import { namespaceName, shown } from "../../components/model/index.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { Failure } from "../../foundation/failure.ts";
import { exclusively } from "../../foundation/lock.ts";
import { kubeConfig } from "../access/clusterAccess.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import { identify } from "../environment/identity.ts";
import { RemovalNotice } from "../forge/removalNotice.ts";
import { readNamespace } from "../kubernetes/namespace.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { tellRemoval } from "../release/lockedDeployment.ts";
import { requirePermissions } from "../access/preflight.ts";
import { removeEnvironment } from "../environment/removal.ts";
import { Report } from "../view/report.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";

interface DownOptions extends IdentityOptions {
  yesRemove?: string;
  context?: string;
  json?: true;
}

export function downCommand(): Command {
  return identityOptions(new Command("down"))
    .description(
      "remove an environment, whatever state it is in; also after pulumi destroy, as the last resort",
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .option(
      "--yes-remove <stack>",
      "remove a standing environment, with all its data: the name of its stack again",
    )
    .option("--json", "print what was done as JSON")
    .action(down);
}

async function down(options: DownOptions): Promise<void> {
  const report = new Report(options);
  const work = interruptibleWork(report.line);
  const run = identify(options);
  const { stack } = run;
  const isNamed = options.yesRemove !== undefined;
  if (isNamed && options.yesRemove !== options.stack)
    throw new Failure(
      "usage",
      `--yes-remove is ${shown(options.yesRemove)}, but --stack is ${shown(options.stack ?? "")}: name the stack that goes by both`,
    );
  await report.accounted(stack, async () => {
    const env = await environmentFor(await requireCluster(options.context), work);
    const config = kubeConfig(env);
    // Its marks go with it; who cannot read them is told so by the removal.
    const marked = readNamespace(config, namespaceName(stack)).then(
      (namespace) => namespace?.marks.mergeRequest,
      () => undefined,
    );
    const remove = async () => {
      const allowed = requirePermissions(config, namespaceName(stack), "down");
      return removeEnvironment(run, { env, detail: report.detail, allowed, isNamed, ...work });
    };
    await exclusively(stack, "another run for this environment is under way", work, async () => {
      await report.following({ config, stack, kinds: ["pods"] }, () => report.stage("down", remove));
      // Before another run begins, which may make it anew, and tell of that.
      if (isNamed) await tellRemoval(stack, run.project, work);
    });
    const requests = [ciRun(process.env).mergeRequest, await marked];
    await new RemovalNotice(process.env, work).tell(run, requests);
    return {};
  });
}
