import { constants } from "node:os";
import { Command } from "commander";
import type { V1Pod } from "#bundled/kubernetes";
import { shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { identify } from "../environment/identity.ts";
import { learnSecrets } from "../environment/environmentSecrets.ts";
import { enter, looking, requireService, type Inside } from "../environment/inside.ts";
import { execute, type Ends, type Execution, type Terminal } from "../kubernetes/podExec.ts";
import { isReady, isRunning, mainContainer, podsOf } from "../kubernetes/servicePods.ts";
import { door } from "../process/door.ts";
import { EndedWith } from "../process/exit.ts";
import { oneLine } from "../diagnosis/rules/oneLine.ts";
import { CommandOutput } from "../view/commandOutput.ts";
import { Report } from "../view/report.ts";
import { identityOptions } from "./identityOptions.ts";
import { lookedAt, untilInterrupted, type LookOptions } from "./look.ts";

const help = `
Between two terminals the command gets one as well, and all passes as it is. Else what it prints goes to a file or a pipe
as it is, secrets included, and to a terminal and to standard error without secrets and control characters.

Exit code: that of the command, whatever it is. Where the command did not run or its end is not known, the last line
begins with "dynenv: " and says why, and the code is 1, 2, 3 or 130 as with every dynenv command.
`;

export function execCommand(): Command {
  return identityOptions(new Command("exec"))
    .usage("[options] <service> -- <command...>")
    .argument("<service>", "in whose pod, one that is ready")
    .argument("<command...>", "the command and its arguments, such as sh, or: sh -c 'ls /app'")
    .description("run a command in a pod of a service, with this terminal or with standard input and outputs")
    .option("--context <name>", "context of the kubeconfig to use")
    .addHelpText("after", help)
    .action(exec);
}

async function exec(service: string, command: string[], options: LookOptions): Promise<void> {
  const run = identify(options);
  // Where nobody reads what it prints, a program ends so.
  let exitCode = 128 + constants.signals.SIGPIPE;
  await untilInterrupted(false, async (signal) => {
    const { config, namespace } = await lookedAt(run, options);
    const inPod = async () => {
      const { mask, line } = new Report();
      const inside = await enter(config, run, mask);
      requireService(inside, service);
      const pod = await podFor(inside, service, line);
      const container = { namespace, pod: pod.metadata?.name ?? "", name: mainContainer(pod)?.name ?? "" };
      if (process.stdin.isTTY && door.output.isTTY === true)
        return inTerminal((ends) => execute(config, container, command, { ...ends, warn: line }, signal));
      await learnSecrets(config, namespace, mask);
      const output = new CommandOutput();
      const ends: Ends = { input: process.stdin, take: output.take, warn: line };
      const execution = await execute(config, container, command, ends, signal);
      output.end();
      return execution;
    };
    exitCode = codeOf(await looking("dynenv exec", namespace, inPod, "exec"), command, service);
  });
  if (exitCode !== 0) throw new EndedWith(exitCode);
}

/** Gives the terminal to a command, and takes it back. */
async function inTerminal<T>(work: (ends: Omit<Ends, "warn">) => Promise<T>): Promise<T> {
  const { stdin } = process;
  const terminal: Terminal = {
    size: () => door.output,
    begin: (resized) => {
      stdin.setRawMode(true);
      door.output.on("resize", resized);
    },
  };
  try {
    return await work({ input: stdin, take: handed, terminal });
  } finally {
    stdin.setRawMode(false);
  }
}

function handed(_output: string, data: Buffer): Promise<void> | undefined {
  door.hand(data);
  return door.output.writableNeedDrain ? door.drained() : undefined;
}

/** One that is ready, else one that runs: it may be looked at to learn why. @throws where none runs. */
async function podFor(
  { config, namespace }: Inside,
  service: string,
  line: (text: string) => void,
): Promise<V1Pod> {
  const pods = await podsOf(config, namespace, service);
  const ready = pods.find(isReady);
  const pod = ready ?? pods.find(isRunning);
  if (pod === undefined)
    throw new Failure(
      "broken",
      `no pod of service ${service} of ${namespace} runs: \`dynenv diagnose\` says why`,
    );
  if (ready === undefined)
    line(`no pod of ${service} is ready: this is ${pod.metadata?.name ?? ""}, which runs`);
  return pod;
}

/** @throws where a command did not run, or nobody knows how it ended. */
function codeOf(execution: Execution | undefined, [program = ""]: string[], service: string): number {
  if (execution === undefined)
    throw new Failure(
      "unreachable",
      "the connection to the command was lost: whether it goes on, nobody can say",
    );
  if ("exitCode" in execution) return execution.exitCode;
  // Runtimes tell the cause last, after who told it to whom.
  const [cause = ""] = execution.reason.split("unable to start container process: ").slice(-1);
  throw new Failure("broken", `${shown(program)} does not run in ${service}: ${oneLine(cause)}`);
}
