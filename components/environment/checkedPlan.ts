import {
  checkCap,
  checkCatalogue,
  checkDeployedAt,
  checkFiles,
  checkGivenMetadata,
  checkGroup,
  checkKind,
  checkStandingName,
  checkImageSource,
  checkList,
  checkMark,
  checkNames,
  checkObject,
  checkPlacement,
  checkServiceSecrets,
  checkSetOnce,
  checkStackName,
  checkStandingOnly,
  checkTaggedImage,
  checked,
  EnvironmentKind,
  kindForm,
  namespaceName,
  plan,
  type Plan,
  quota,
  routes,
  serviceMust,
  shown,
  suggestion,
  timeToLive,
  Trust,
  type TrustRules,
} from "../model/index.ts";
import { checkImageOrBuild, checkSameCode } from "../services/applicationImage.ts";
import { type DeployedService, definitionOf } from "../services/deployedService.ts";
import { checkReadyWithin } from "../services/workload.ts";
import { validated } from "../validation.ts";
import type {
  Access,
  Backing,
  EnvironmentIdentity,
  EphemeralEnvironmentArgs,
  Lifetime,
  Registry,
} from "./ephemeralEnvironmentArgs.ts";
import { ownServices } from "./ownServices.ts";
import { checkLogins } from "./registrySecret.ts";
import { checkTests } from "./environmentTests.ts";

/** The arguments that group what is one concern, and what is in them. */
export const groups = {
  identity: ["stack", "project", "ref", "commit", "mergeRequest"],
  backing: ["catalogue", "names", "functions", "imageSource", "serviceSecrets"],
  registry: ["logins", "dockerConfig"],
  lifetime: ["ttl", "deployedAt"],
  access: ["users", "groups"],
  readiness: ["image", "service", "withinSeconds"],
} satisfies Partial<Record<keyof EphemeralEnvironmentArgs, string[]>>;

/**
 * What an environment consists of. Whoever has to build something for it asks before.
 * @throws one sentence on arguments that are wrong, as the component does.
 */
export function checkEnvironment(name: string, args: EphemeralEnvironmentArgs): Plan {
  return validated(
    "EphemeralEnvironment",
    name,
    args,
    ["application.image", "registry.dockerConfig", "readiness.image"],
    () => checkedPlan(args),
    ["application", "gateway", ...Object.keys(groups)],
  );
}

/** What the environment consists of. @throws on arguments that are wrong, before anything is created. */
export function checkedPlan(args: EphemeralEnvironmentArgs): Plan {
  checkGroups(args);
  const { identity, application, backing = {}, registry = {}, lifetime = {}, access = {} } = args;
  checkBacking(backing);
  const planned = plan({
    ...args,
    ...backing,
    application: definitionOf(application),
    services: args.services?.map(definitionOf) ?? [],
  });
  for (const [argument, service] of byArgument(args)) {
    checkOwn(argument, service, args.trust, planned);
    // The gate asks the application for the environment's commit.
    checkSameCode(identity, argument, service.build, argument !== "application");
  }
  checkServiceSecrets(
    "backing.serviceSecrets",
    backing.serviceSecrets ?? {},
    planned.backing,
    planned.services,
  );
  checkIdentity(identity);
  checkRoutes(args, planned);
  checkLifetime(lifetime, planned.rules);
  const { kind = EnvironmentKind.preview, trust = Trust.trusted } = args;
  checkKind(checked("kind", kind, kindForm), trust, { name: "lifetime.ttl", value: lifetime.ttl });
  checkStandingName(kind, identity.stack);
  checkStandingOnly(kind, planned.services);
  checkTests(args, planned.services);
  checkCap(quota(planned.services, { ...planned.rules, suites: args.tests }), args.cap ?? {});
  checkReadyWithin(args.readiness?.withinSeconds, "readiness.withinSeconds");
  checkReadinessImage(args);
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
  checkList("services", args.services ?? [], "a list of services", "[]");
  for (const [argument, service] of byArgument(args)) checkObject(argument, service, serviceMust);
}

/** The project's own services, by the argument that gives each. */
function byArgument(args: EphemeralEnvironmentArgs): [string, DeployedService][] {
  return ownServices(args).map((service, index) => [
    index === 0 ? "application" : `services[${String(index - 1)}]`,
    service,
  ]);
}

function checkReadinessImage(args: EphemeralEnvironmentArgs): void {
  const { image, service } = args.readiness ?? {};
  if (service === undefined) return;
  if (image !== undefined)
    throw new Error("readiness has an image and a service whose image it takes: give one of the two");
  const names = ownServices(args).map(({ name }) => name);
  if (!names.includes(service))
    throw new Error(
      `readiness.service is ${shown(service)}, which is not one of the project's own services: ${suggestion(service, names)}`,
    );
}

function checkBacking({ catalogue, imageSource }: Backing): void {
  if (catalogue !== undefined) checkCatalogue("backing.catalogue", catalogue);
  if (imageSource !== undefined) checkImageSource("backing.imageSource", imageSource);
}

/** @throws when an own service has no image, or a variable twice. */
function checkOwn(
  argument: string,
  own: DeployedService,
  trust: string | undefined,
  { rules, variables: computed }: Plan,
): void {
  if (own.build !== undefined && !rules.push)
    throw new Error(
      `trust is ${String(trust)}, which pushes no image: give ${argument}.image, a reference by digest, instead of ${argument}.build`,
    );
  checkImageOrBuild(own, `${argument}.`, "a reference by tag or digest");
  if (typeof own.image === "string") checkTaggedImage(`${argument}.image`, own.image);
  const { variables, secrets } = own;
  const service = definitionOf(own);
  checkSetOnce(service, computed[service.name] ?? [], {
    [`${argument}.variables`]: variables,
    [`${argument}.secrets`]: secrets,
  });
  checkFiles(service, { files: service.files, [`${argument}.secretFiles`]: own.secretFiles });
}

function checkIdentity({ stack, project, ref, commit, mergeRequest }: EnvironmentIdentity): void {
  checkStackName("identity.stack", stack);
  checkMark("identity.project", project);
  checkMark("identity.ref", ref);
  checkMark("identity.commit", commit);
  if (mergeRequest !== undefined) checkMark("identity.mergeRequest", mergeRequest);
}

/** @throws when an address cannot be made. */
function checkRoutes({ identity, application }: EphemeralEnvironmentArgs, { services, gateway }: Plan): void {
  if (gateway !== undefined) routes(services, application.name, namespaceName(identity.stack), gateway);
}

function checkLifetime({ ttl, deployedAt }: Lifetime, rules: TrustRules): void {
  within("lifetime", () => timeToLive(ttl, rules));
  if (deployedAt !== undefined) checkDeployedAt("lifetime.deployedAt", deployedAt, new Date());
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
