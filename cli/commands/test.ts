import type { KubeConfig } from "#bundled/kubernetes";
import { Command } from "commander";
import { commitForm, isStanding, shown, stackForm } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { required } from "../../foundation/required.ts";
import { kubeConfig, orUnreachable } from "../access/clusterAccess.ts";
import { clientEnvironment, environmentFor, requireCluster } from "../access/connect.ts";
import { identify, ownProject } from "../environment/identity.ts";
import { interruptibleWork, orInterrupted } from "../process/interrupt.ts";
import type { EnvironmentNamespace } from "../kubernetes/namespace.ts";
import { runOutside, type OutsideOptions } from "../environment/outsideTests.ts";
import { requireEnvironment, type Owner } from "../environment/owner.ts";
import { requireReadyCommit } from "../environment/readyCommit.ts";
import { Report } from "../view/report.ts";
import type { Output } from "../environment/jobLog.ts";
import { markTested } from "../environment/tested.ts";
import { runSuites, type SuiteOptions } from "../environment/testSuites.ts";
import { partedWords } from "./commandWords.ts";
import { identityOptions, type IdentityOptions } from "./identityOptions.ts";
import { requireFolder } from "./outputFile.ts";

export function testCommand(): Command {
  return identityOptions(new Command("test"))
    .description(
      "run the tests of an environment as Jobs beside it, or with --outside on this machine, and pass on their log and result",
    )
    .usage("[options] [name] [-- command...]")
    .argument(
      "[name]",
      "the suite that runs (default: all of them, one after the other); with --outside, the service that is called (default: the application)",
    )
    .argument("[command...]", "after --, what runs in place of the suite's own command")
    .option("--outside", "run the command on this machine: BASE_URL tells it the environment's address")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--junit <folder>", "copy the results that suites write to NAME.xml in it, for CI systems")
    .option("--allow-no-tests", "be content with a run of zero tests, too")
    .addHelpText("after", help)
    .action(test);
}

const help = `
With --outside, the command runs on this machine, with the variables of this shell and
  BASE_URL             the address, such as https://env-feature-login-abcdefghijkl.previews.example.com
  EXPECTED_COMMIT      the commit that runs there
and on the embedded cluster
  DYNENV_SECURE_URL    the same address by HTTPS
  DYNENV_CA_FILE       the authority of its certificate, which NODE_EXTRA_CA_CERTS names, too, unless it is set
It begins once the address answers; Ctrl-C ends all that it started.
`;

async function test(
  _name: string | undefined,
  _command: string[],
  options: TestCommandOptions,
  command: Command,
): Promise<void> {
  const report = new Report();
  const asked = wordsOf(command);
  const tested = testedBy(options);
  if (options.outside === true) await testOutside(tested, asked, options, report);
  else await testBeside(tested, asked, options, report);
}

interface TestCommandOptions extends IdentityOptions, Pick<SuiteOptions, "junit" | "allowNoTests"> {
  context?: string;
  outside?: true;
}

/** What is asked for by words: a suite, or with `--outside` a service, and a command. */
interface Asked {
  name: string | undefined;
  command: string[] | undefined;
}

async function testBeside(
  tested: Tested,
  { name: suite, command }: Asked,
  { context, junit, allowNoTests }: TestCommandOptions,
  report: Report,
): Promise<void> {
  if (junit !== undefined) await requireFolder("--junit", junit);
  const work = interruptibleWork(report.line);
  const env = await environmentFor(await requireCluster(context), work);
  const suites = { suite, command, junit, allowNoTests, signal: work.signal };
  await report.stage("test", () => testStack(tested, env, report, suites));
}

async function testOutside(
  tested: Tested,
  { name: service, command }: Asked,
  { context, junit, allowNoTests }: TestCommandOptions,
  report: Report,
): Promise<void> {
  if (command === undefined)
    throw new Failure(
      "usage",
      "--outside is given without a command: put one behind --, such as dynenv test --outside -- npm test",
    );
  if (junit !== undefined)
    throw new Failure(
      "usage",
      "--junit is given with --outside, where the command writes its results itself: leave one of the two out",
    );
  const { signal } = interruptibleWork(report.line);
  const cluster = await requireCluster(context);
  const gateway = "registry" in cluster ? cluster.gateway : undefined;
  const config = kubeConfig(await clientEnvironment(cluster));
  await report.stage("test", async () => {
    const { name, marks } = await readyEnvironment(config, tested, signal);
    const options = { signal, service, command, commit: marks.commit ?? "", allowNoTests, gateway };
    await orUnreachable(() => runOutside(config, name, report, options satisfies OutsideOptions));
  });
}

/** The name that is asked for, and what is to run: `--` parts the two. */
function wordsOf({ args, parent }: Command): Asked {
  const [before, after] = partedWords(args, typedOf(parent));
  const [name, more] = before;
  if (more !== undefined)
    throw new Failure(
      "usage",
      `${shown(more)} is one name too many: name one suite, and put a command behind --, such as dynenv test -- npm test`,
    );
  if (after?.length === 0)
    throw new Failure("usage", "there is no command after --: give one, such as dynenv test -- npm test");
  return { name, command: after };
}

/** What was typed, which commander keeps and its types leave out. */
function typedOf(program: (Command & { rawArgs?: string[] }) | null): string[] {
  return program?.rawArgs ?? [];
}

/** The one that is meant; the name of a stack needs no checkout. */
function testedBy({ stack, ...wanted }: IdentityOptions): Tested {
  if (stack === undefined) return { ...identify(wanted), isNamed: wanted.commit !== undefined };
  required("--stack", stack, stackForm);
  const commit = wanted.commit ?? ciRun(process.env).commit;
  if (commit !== undefined)
    required("commit", commit, commitForm, "set DYNENV_COMMIT to the one that is deployed");
  return { stack, project: ownProject(), commit, isNamed: wanted.commit !== undefined };
}

/** An environment, and the commit that its tests are to be about, if somebody says. */
interface Tested extends Owner {
  commit?: string | undefined;
  /** Whether somebody names that commit, and not a CI job its own. Default: `false`. */
  isNamed?: boolean;
}

/** Runs the tests of a stack's environment and passes on their log. */
export async function testStack(
  tested: Tested,
  env: Record<string, string>,
  output: Output,
  options: SuiteOptions,
): Promise<void> {
  const config = kubeConfig(env);
  const { name, marks } = await readyEnvironment(config, tested, options.signal);
  await orUnreachable(async () => {
    await runSuites(config, name, output, options);
    const { suite, command, allowNoTests = false } = options;
    // What stays may become a release, which needs all of its tests.
    const isWhole = suite === undefined && command === undefined && !allowNoTests;
    if (isWhole && isStanding(marks) && !(await markTested(config, name)))
      output.line(`the namespace ${name} cannot be marked as tested by this login: no release is made of it`);
  });
}

/** The environment that is to be tested. @throws when it is not known to be ready with its commit, or has another one. */
function readyEnvironment(
  config: KubeConfig,
  tested: Tested,
  signal: AbortSignal,
): Promise<EnvironmentNamespace> {
  const ready = async () => {
    const environment = await requireEnvironment(config, tested);
    const { name, marks } = environment;
    // What stays runs a release, whatever a CI job is about.
    if (!isStanding(marks) || tested.isNamed === true) requireCommit(name, marks.commit ?? "", tested.commit);
    await requireReadyCommit(config, environment);
    return environment;
  };
  return orInterrupted(signal, orUnreachable(ready));
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
