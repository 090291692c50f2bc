import {
  checkCatalogue,
  checkCommand,
  checkDeployedAt,
  checkFiles,
  checkGivenMetadata,
  checkGroup,
  checkImageSource,
  checkList,
  checkMark,
  checkNames,
  checkObject,
  checkPlacement,
  checkSeconds,
  checkServiceSecrets,
  checkSetOnce,
  checkStackName,
  checkText,
  plan,
  type Plan,
  serviceMust,
  timeToLive,
  type TrustRules,
} from "../model/index.ts";
import { checkImageOrBuild, checkSameCode } from "../services/applicationImage.ts";
import { definitionOf } from "../services/deployedService.ts";
import { checkReadyWithin } from "../services/workload.ts";
import type {
  Access,
  Backing,
  EnvironmentIdentity,
  EphemeralEnvironmentArgs,
  Lifetime,
  Registry,
} from "./ephemeralEnvironmentArgs.ts";
import { checkLogins } from "./registrySecret.ts";

/** The arguments that group what is one concern, and what is in them. */
export const groups = {
  identity: ["stack", "project", "ref", "commit"],
  backing: ["catalogue", "names", "functions", "imageSource", "serviceSecrets"],
  registry: ["logins", "dockerConfig"],
  lifetime: ["ttl", "deployedAt"],
  access: ["users", "groups", "ingressController"],
  readiness: ["image", "withinSeconds"],
} satisfies Partial<Record<keyof EphemeralEnvironmentArgs, string[]>>;

/** What the environment consists of. @throws on arguments that are wrong, before anything is created. */
export function checkedPlan(args: EphemeralEnvironmentArgs): Plan {
  checkGroups(args);
  const { identity, application, backing = {}, registry = {}, lifetime = {}, access = {} } = args;
  checkBacking(backing);
  checkIngress(access);
  const planned = plan({
    ...args,
    ...backing,
    application: definitionOf(application),
    ingressController: access.ingressController,
  });
  checkApplication(args, planned);
  checkServiceSecrets(
    "backing.serviceSecrets",
    backing.serviceSecrets ?? {},
    planned.backing,
    planned.services,
  );
  checkIdentity(identity);
  checkSameCode(identity, application.build);
  checkLifetime(lifetime, planned.rules);
  checkTests(args.tests);
  checkReadyWithin(args.readiness?.withinSeconds, "readiness.withinSeconds");
  checkPlacement(args.placement ?? {});
  checkGivenMetadata(args);
  checkPeople(access);
  checkRegistry(registry);
  return planned;
}

/** @throws when a group is not an object, or has a part that there is not: a misspelt one would never be seen. */
function checkGroups(args: EphemeralEnvironmentArgs): void {
  for (const [name, parts] of Object.entries(groups)) {
    const group = args[name as keyof typeof groups] as unknown;
    if (group !== undefined || name === "identity") checkGroup(name, group, parts);
  }
  checkObject("application", args.application, serviceMust);
}

function checkBacking({ catalogue, imageSource }: Backing): void {
  if (catalogue !== undefined) checkCatalogue("backing.catalogue", catalogue);
  if (imageSource !== undefined) checkImageSource("backing.imageSource", imageSource);
}

function checkApplication(
  { application, trust }: EphemeralEnvironmentArgs,
  { rules, variables: computed }: Plan,
): void {
  if (application.build !== undefined && !rules.push)
    throw new Error(
      `trust is ${String(trust)}, which pushes no image: give application.image, a reference by digest, instead of application.build`,
    );
  checkImageOrBuild(application, "application.");
  const { variables, secrets } = application;
  const service = definitionOf(application);
  checkSetOnce(service, computed[service.name] ?? [], {
    "application.variables": variables,
    "application.secrets": secrets,
  });
  checkFiles(service, { files: service.files, "application.secretFiles": application.secretFiles });
}

function checkIdentity({ stack, project, ref, commit }: EnvironmentIdentity): void {
  checkStackName("identity.stack", stack);
  checkMark("identity.project", project);
  checkMark("identity.ref", ref);
  checkMark("identity.commit", commit);
}

function checkLifetime({ ttl, deployedAt }: Lifetime, rules: TrustRules): void {
  within("lifetime", () => timeToLive(ttl, rules));
  if (deployedAt !== undefined) checkDeployedAt("lifetime.deployedAt", deployedAt, new Date());
}

function checkIngress({ ingressController }: Access): void {
  if (ingressController !== undefined)
    checkText("access.ingressController.namespace", ingressController.namespace, "ingress-nginx");
}

function checkPeople({ users = [], groups = [] }: Access): void {
  checkNames("access.users", users, "ada@example.com");
  checkNames("access.groups", groups, "developers");
}

function checkRegistry(registry: Registry): void {
  const { logins = [], dockerConfig } = registry;
  if (logins.length > 0 || dockerConfig !== undefined)
    within("registry", () => {
      checkLogins(registry);
    });
}

/** @throws unless there is exactly one test, whose command can be run. */
function checkTests(tests: unknown): void {
  const example = '[{"command": ["npm", "test"]}]';
  const given = checkList("tests", tests, "a list of one test", example);
  if (given.length !== 1)
    throw new Error(
      `tests has ${String(given.length)} entries but must have one, such as ${example}: let its command run all tests`,
    );
  const [test] = given;
  checkGroup("tests[0]", test, ["command", "withinSeconds"]);
  const { command, withinSeconds = 600 } = test as { command?: unknown; withinSeconds?: number };
  checkCommand("tests[0].command", command, ["npm", "test"]);
  checkSeconds("tests[0].withinSeconds", withinSeconds, 1, 86_400);
}

/** @throws the check's sentence, which begins with a part of the group, with the group in front of it. */
function within(group: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${group}.${(error as Error).message}`, { cause: error });
  }
}
