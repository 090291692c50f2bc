import {
  checkCatalogue,
  checkDeployedAt,
  checkGivenMetadata,
  checkGroup,
  checkImageSource,
  checkMark,
  checkNames,
  checkObject,
  checkPlacement,
  checkServiceSecrets,
  checkSetOnce,
  checkStackName,
  checkText,
  plan,
  type Plan,
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
import { checkTests } from "./environmentTests.ts";

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
  checkTests(args, planned.services);
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
  const must = "an object with at least name, port, containerPort, requests and limits";
  checkObject("application", args.application, must);
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

/** @throws the check's sentence, which begins with a part of the group, with the group in front of it. */
function within(group: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${group}.${(error as Error).message}`, { cause: error });
  }
}
