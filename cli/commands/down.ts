import { Command } from "commander";
import { namespaceName } from "../../components/model/index.ts";
import { exclusively } from "../../local/lock.ts";
import { kubeConfig } from "../clusterAccess.ts";
import { environmentFor, requireCluster } from "../connect.ts";
import { identify } from "../identity.ts";
import { interruptibleWork } from "../interrupt.ts";
import { requirePermissions } from "../preflight.ts";
import { removeEnvironment } from "../removal.ts";
import { Report } from "../report.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";

export function downCommand(): Command {
  return identityOptions(new Command("down"))
    .description(
      "remove an environment, whatever state it is in; also after pulumi destroy, as the last resort",
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .action(down);
}

async function down(options: IdentityOptions & { context?: string }): Promise<void> {
  const report = new Report();
  const work = interruptibleWork(report.line);
  const { stack } = identify(options);
  const env = await environmentFor(await requireCluster(options.context), work);
  await requirePermissions(kubeConfig(env), namespaceName(stack), "down");
  await exclusively(stack, "another run for this environment is under way", work, () =>
    report.stage("down", () => removeEnvironment(stack, { env, ...work })),
  );
}
