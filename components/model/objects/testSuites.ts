import { dirname } from "node:path/posix";
import { z } from "zod";
import { text, wholeNumber } from "../graph/demands.ts";
import { jobResources } from "../graph/containerResources.ts";
import { folderPattern, isReserved } from "../graph/folders.ts";
import { checkResources, resources, statedResources } from "../graph/resourceRules.ts";
import type { Resources } from "../graph/service.ts";
import { variablePattern } from "../graph/serviceRules.ts";
import { writablePaths } from "../graph/writablePath.ts";
import { checkCommand, checkGroup, checkImage, checkList, checkSeconds } from "../rules/arguments.ts";
import { placeWithin, refusal, refusalWithin } from "../rules/form.ts";
import { shown } from "../rules/shown.ts";
import { checkArguments, checkVariables } from "../rules/size.ts";
import { ownerSelector } from "./labels.ts";
import { roleLabel } from "./jobs.ts";
import { testJobName } from "./testRunnerJob.ts";

/** Kubernetes gives a CronJob's name 52 characters. */
const namePattern = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
const nameRule = "at most 40 lower-case letters, digits and dashes with none at either end, such as smoke";
const resultsRule = "an absolute path of an .xml file in a folder of its own, such as /results/junit.xml";

/** What finds the CronJobs of all suites. */
export const suiteSelector = `${roleLabel}=test,${ownerSelector}`;

/** Name of the CronJob that describes a suite: of different suites different ones. */
export function suiteCronJob(suite: string): string {
  return suite === testJobName ? testJobName : `${testJobName}-${suite}`;
}

/** The suite that a CronJob describes; nothing where its name is not one of ours. */
export function suiteOf(cronJob: string): string | undefined {
  if (cronJob === testJobName) return testJobName;
  const [prefix, suite] = [cronJob.slice(0, testJobName.length + 1), cronJob.slice(testJobName.length + 1)];
  return prefix === `${testJobName}-` && suite !== testJobName && namePattern.test(suite) ? suite : undefined;
}

/** A suite as it is given, with values that may be known only later. */
export interface GivenSuite {
  name?: string;
  command?: string[];
  image?: unknown;
  variables?: object;
  secrets?: object;
  withinSeconds?: number;
  user?: number;
  writablePaths?: string[];
  requests?: Resources;
  limits?: Resources;
  results?: string;
}

const keys: (keyof GivenSuite)[] = [
  ...(["name", "command", "image", "variables", "secrets"] as const),
  ...(["withinSeconds", "user", "writablePaths", "requests", "limits", "results"] as const),
];

const simple = {
  name: text(namePattern, nameRule),
  user: wholeNumber(1, 2 ** 31 - 1, 10001),
  writablePaths,
  requests: statedResources,
  limits: statedResources,
  results: text(folderPattern, resultsRule).refine(
    (path) => path.endsWith(".xml") && dirname(path) !== "/" && !isReserved(dirname(path)),
    resultsRule,
  ),
};

/** How suites are checked. */
export interface SuiteRules {
  /** Variables that all of them have. */
  environment: Record<string, string>;
  /** Keys that each may have beside those of all suites. Default: `[]`. */
  more?: string[];
  /** @throws when an image is wrong. Default: it must be by digest. */
  checkImage?: (argument: string, image: unknown) => void;
  /** Whether one has to have a command. Default: none has to. */
  needsCommand?: (suite: GivenSuite) => boolean;
}

/** @throws one sentence about the first suite that is wrong. */
export function checkSuites(argument: string, given: unknown, rules: SuiteRules): void {
  const example = '[{"command": ["npm", "test"]}]';
  const suites = checkList(argument, given, "a list of at least one suite", example);
  if (suites.length === 0)
    throw new Error(refusal(argument, suites, `a list of at least one suite, such as ${example}`));
  const places = new Map<string, string>();
  for (const [index, suite] of suites.entries()) {
    const place = `${argument}[${String(index)}]`;
    checkGroup(place, suite, [...keys, ...(rules.more ?? [])]);
    checkSuite(place, suite as GivenSuite, rules);
    const { name = testJobName } = suite as GivenSuite;
    const other = places.get(name);
    if (other !== undefined)
      throw new Error(
        refusal(`${place}.name`, name, `another one than that of ${other}, such as smoke: it is the default`),
      );
    places.set(name, place);
  }
}

function checkSuite(place: string, suite: GivenSuite, rules: SuiteRules): void {
  const { environment, needsCommand, checkImage: checkIt = checkImage } = rules;
  for (const [key, schema] of Object.entries<z.ZodType>(simple)) {
    const value = suite[key as keyof typeof simple];
    const issue = value === undefined ? undefined : schema.safeParse(value).error?.issues[0];
    if (issue === undefined) continue;
    const where = `${place}.${key}${placeWithin(issue.path)}`;
    throw new Error(refusalWithin(value, issue, where, Object.keys(resources)));
  }
  checkResources(suite, (argument) => `${place}.${argument}`, jobResources);
  const { command, image, withinSeconds = 600, variables, secrets } = suite;
  if (command !== undefined || needsCommand?.(suite) === true) {
    checkCommand(`${place}.command`, command, ["npm", "test"]);
    checkArguments(`${place}.command`, command);
  }
  if (typeof image === "string") checkIt(`${place}.image`, image);
  checkSeconds(`${place}.withinSeconds`, withinSeconds, 1, 86_400);
  checkSuiteVariables(place, { variables, secrets }, Object.keys(environment));
}

/** @throws when a variable has a name that containers do not take, or more than one value. */
function checkSuiteVariables(place: string, given: Record<string, unknown>, own: string[]): void {
  const known = new Map(own.map((name) => [name, "which tests have anyway: leave it out"]));
  for (const [key, variables = {}] of Object.entries(given)) {
    const what = `${place}.${key}`;
    if (!isPlain(variables))
      throw new Error(
        refusal(what, variables, 'an object from variable to value, such as {"LOG_LEVEL": "info"}'),
      );
    checkVariables(what, variables);
    for (const name of Object.keys(variables)) {
      if (!variablePattern.test(name))
        throw new Error(
          `${what} has the key ${shown(name)} but its keys must be names of variables, such as LOG_LEVEL`,
        );
      const why = known.get(name);
      if (why !== undefined) throw new Error(`${what} sets ${name}, ${why}`);
      known.set(name, `which ${place}.${key} sets, too: leave it out in one of them`);
    }
  }
}

/** An output in its place would be taken for an object with the output's own properties. */
function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
