import { Command } from "commander";
import { commitForm, shown, stackForm } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { required } from "../../foundation/required.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { environmentFor, requireCluster } from "../access/connect.ts";
import { identify, ownProject } from "../environment/identity.ts";
import { interruptibleWork, orInterrupted } from "../process/interrupt.ts";
import { requireEnvironment, type Owner } from "../environment/owner.ts";
import { requireReadyCommit } from "../environment/readyCommit.ts";
import { Report } from "../view/report.ts";
import type { Output } from "../environment/jobLog.ts";
import { runSuites, type SuiteOptions } from "../environment/testSuites.ts";
import { partedWords } from "./commandWords.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { requireFolder } from "./outputFile.ts";

export function testCommand(): Command {
  return identityOptions(new Command("test"))
    .description("run the tests of an environment as Jobs beside it, and pass on their log and result")
    .usage("[options] [name] [-- command...]")
    .argument("[name]", "the suite that runs (default: all of them, one after the other)")
    .argument("[command...]", "after --, what runs in place of the suite's own command")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--junit <folder>", "copy the results that suites write to NAME.xml in it, for CI systems")
    .option("--allow-no-tests", "be content with a run of zero tests, too")
    .action(test);
}

async function test(
  _name: string | undefined,
  _command: string[],
  options: TestCommandOptions,
  command: Command,
): Promise<void> {
  const report = new Report();
  const asked = wordsOf(command);
  const { context, junit, allowNoTests } = options;
  const tested = testedBy(options);
  if (junit !== undefined) await requireFolder("--junit", junit);
  const work = interruptibleWork(report.line);
  const env = await environmentFor(await requireCluster(context), work);
  const { signal } = work;
  await report.stage("test", () => testStack(tested, env, report, { ...asked, junit, allowNoTests, signal }));
}

interface TestCommandOptions extends IdentityOptions, Pick<SuiteOptions, "junit" | "allowNoTests"> {
  context?: string;
}

/** The suite that is asked for, and what it is to run: `--` parts the two. */
function wordsOf({ args, parent }: Command): Pick<SuiteOptions, "suite" | "command"> {
  const [before, after] = partedWords(args, typedOf(parent));
  const [suite, more] = before;
  if (more !== undefined)
    throw new Failure(
      "usage",
      `${shown(more)} is one name too many: name one suite, and put a command behind --, such as dynenv test -- npm test`,
    );
  if (after?.length === 0)
    throw new Failure("usage", "there is no command after --: give one, such as dynenv test -- npm test");
  return { suite, command: after };
}

/** What was typed, which commander keeps and its types leave out. */
function typedOf(program: (Command & { rawArgs?: string[] }) | null): string[] {
  return program?.rawArgs ?? [];
}

/** The one that is meant; the name of a stack needs no checkout. */
function testedBy({ stack, ...wanted }: IdentityOptions): Tested {
  if (stack === undefined) return identify(wanted);
  required("--stack", stack, stackForm);
  const commit = wanted.commit ?? ciRun(process.env).commit;
  if (commit !== undefined)
    required("commit", commit, commitForm, "set DYNENV_COMMIT to the one that is deployed");
  return { stack, project: ownProject(), commit };
}

/** An environment, and the commit that its tests are to be about, if somebody says. */
type Tested = Owner & { commit?: string | undefined };

/** Runs the tests of a stack's environment and passes on their log. */
export async function testStack(
  tested: Tested,
  env: Record<string, string>,
  output: Output,
  options: SuiteOptions,
): Promise<void> {
  const config = kubeConfig(env);
  const ready = async () => {
    const environment = await requireEnvironment(config, tested);
    const { name, marks } = environment;
    requireCommit(name, marks.commit ?? "", tested.commit);
    await requireReadyCommit(config, environment);
    return name;
  };
  const namespace = await orInterrupted(options.signal, orUnreachable(ready));
  await orUnreachable(() => runSuites(config, namespace, output, options));
}

/** @throws when tests would pass for another commit than what runs there; one of the two may be abbreviated. */
function requireCommit(namespace: string, there: string, wanted: string | undefined): void {
  if (wanted === undefined) return;
  if (there !== "" && (there.startsWith(wanted) || wanted.startsWith(there))) return;
  throw new Failure(
    "broken",
    `namespace ${namespace} runs commit ${shown(there)}, not ${shown(wanted)}: deploy that one first`,
  );
}
