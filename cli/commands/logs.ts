import { Command } from "commander";
import { z } from "zod";
import type { Form } from "../../components/model/index.ts";
import { required } from "../../foundation/required.ts";
import { learnSecrets, secretsNotHidden } from "../environment/environmentSecrets.ts";
import { looking, requireService, enter } from "../environment/inside.ts";
import { identify } from "../environment/identity.ts";
import { followLogs, passLogs, type LogOutput } from "../environment/serviceLogs.ts";
import { door } from "../process/door.ts";
import { logPrefix } from "../view/logPrefix.ts";
import { Report } from "../view/report.ts";
import { identityOptions } from "./identityOptions.ts";
import { lookedAt, untilInterrupted, type LookOptions } from "./look.ts";

interface LogsOptions extends LookOptions {
  follow?: true;
  tail?: number;
  since?: number;
}

export function logsCommand(): Command {
  return identityOptions(new Command("logs"))
    .argument("[service]", "whose log it is (default: those of all services)")
    .description("show what the services of an environment have written")
    .option("-f, --follow", "go on with what they write, new pods too, until Ctrl-C, which is a good end")
    .option("--tail <lines>", "of each pod only so many, the last ones", (text) =>
      required("--tail", text, tailForm),
    )
    .option("--since <time>", "only what was written since then, such as 90s, 10m or 2h", (text) =>
      required("--since", text, sinceForm),
    )
    .option("--context <name>", "context of the kubeconfig to use")
    .action(logs);
}

const tailForm: Form<number> = {
  schema: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  rule: "a whole number from 0 to 999999999",
  example: "20",
};

const seconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const sinceForm: Form<number> = {
  schema: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/)
    .transform((text) => Number(text.slice(0, -1)) * (seconds[text.slice(-1)] ?? 1)),
  rule: "a number with s, m, h or d for seconds, minutes, hours or days",
  example: "10m",
};

async function logs(service: string | undefined, options: LogsOptions): Promise<void> {
  const run = identify(options);
  await untilInterrupted(options.follow === true, async (signal) => {
    const { config, namespace } = await lookedAt(run, options);
    await looking("dynenv logs", namespace, async () => {
      const { mask, line } = new Report();
      const inside = await enter(config, run, mask);
      if (service !== undefined) requireService(inside, service);
      if (!(await learnSecrets(config, namespace, mask))) line(secretsNotHidden);
      const before = logPrefix({ services: inside.services, service }, door.output);
      const output: LogOutput = {
        ...{ mask, line },
        pass: (lines, name, pod) => {
          door.passLines(lines, before(name, pod));
          return door.drained();
        },
      };
      const wanted = { service, start: { tailLines: options.tail, sinceSeconds: options.since } };
      if (options.follow) await followLogs(inside, wanted, output, signal);
      else await passLogs(inside, wanted, output);
    });
  });
}
