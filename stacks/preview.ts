import * as pulumi from "@pulumi/pulumi";
import {
  checkEnvironment,
  type DeployedService,
  type EnvironmentTest,
  EphemeralEnvironment,
  type EphemeralEnvironmentArgs,
} from "../components/index.ts";
import { EnvironmentKind, shown, suggestion, trustRules } from "../components/model/index.ts";
import { omitSdkOverhead } from "../tuning/sdkOverhead.ts";
import type { Definition, OwnService, OwnTest } from "./definition.ts";
import { checkDefinition } from "./definitionRules.ts";
import { withExternal } from "./external.ts";
import { definitionIn, lockedSettings } from "./lockedDefinition.ts";
import { cluster } from "./provider.ts";
import { currentRenderer } from "./renderer.ts";
import {
  builtImage,
  imageBuild,
  imageStack,
  readinessImage,
  readinessImageName,
  requireImages,
  testImageName,
} from "./image.ts";
import { fullName, givenImage, readSettings, requireOwnCode, type Settings } from "./settings.ts";
import { referred, requireScalable, scaledCatalogue, scaled } from "./scale.ts";
import { noServiceSettings } from "./serviceSettings.ts";
import { containersOrStandIns, orStandIn } from "./standIn.ts";

/**
 * The stack of one run: an environment for a commit, or its images alone where the setting `kind` is `image`. Settings and
 * CI variables say which commit, for how long and where.
 * @returns the stack's outputs.
 */
export function preview(definition: Definition): Record<string, unknown> {
  omitSdkOverhead();
  currentRenderer()?.take(definition, readSettings);
  return stackOf(definition, readSettings());
}

function stackOf(given: Definition, own: Settings): Record<string, unknown> {
  const { lock } = own;
  // What a release holds is deployed, whatever is checked out.
  if (lock === undefined) requireOwnCode(own);
  else checkDefinition(given);
  const definition = lock === undefined ? given : definitionIn(lock, given);
  const settings = lock === undefined ? own : lockedSettings(own, lock);
  checkWhole(definition, settings);
  return settings.kind === "image" ? imageStack(definition, settings) : previewStack(definition, settings);
}

/**
 * No image is built for an environment that could not be.
 * @throws one sentence on what is wrong with a definition, whatever its images are and its secrets hold.
 */
export function checkWhole(definition: Definition, settings: Settings): void {
  checkDefinition(definition);
  const names = imageNames(definition);
  const images = Object.fromEntries(names.map((name) => [name, anyImage]));
  const secret = () => pulumi.secret("");
  // That of the images has a name that no environment's may have, and none of what an environment has of its own.
  const ofImages = settings.kind === "image" && { stack: "any", ...noServiceSettings };
  const whole = { ...settings, ...ofImages, images: { ...images, ...settings.images }, secret };
  checkEnvironment(componentName(settings), environmentArgs(definition, whole));
}

function componentName({ kind }: Settings): EnvironmentKind {
  return kind === "image" ? EnvironmentKind.preview : kind;
}

const anyImage = `registry.example.com/any@sha256:${"0".repeat(64)}`;

/** The names under which images of a project may be given. */
function imageNames({ services, tests }: Definition): string[] {
  return [...Object.keys(services), ...tests.map(testImageName), readinessImageName];
}

/** An environment: the project's services and what they use, in a namespace of its own. */
export function previewStack(definition: Definition, settings: Settings) {
  const args = environmentArgs(definition, settings);
  const opts = { provider: cluster(settings.kubeContext()) };
  const environment = new EphemeralEnvironment(componentName(settings), args, opts);
  if (settings.kind === EnvironmentKind.standing) guard(environment, settings.stack);
  const { [definition.application]: url, ...others } = environment.urls;
  return {
    namespace: environment.namespaceName,
    ...(url !== undefined && { url }),
    ...(Object.keys(others).length > 0 && { urls: others }),
    services: environment.addresses,
    images: { ...besideServices(definition, args), ...environment.images },
    imageSource: Object.keys(settings.standIns).length > 0 ? "stand-in" : "published",
    readyCommit: environment.readyCommit,
    ...(settings.kind === EnvironmentKind.preview && { expiresAt: environment.expiresAt }),
  };
}

/** The images of tests, and of what looks whether all is ready, by the names under which they are given. */
function besideServices(
  { tests }: Definition,
  args: EphemeralEnvironmentArgs,
): Record<string, pulumi.Input<string>> {
  const named = args.tests.flatMap(({ image }, index) => {
    const test = tests[index];
    return image === undefined || test === undefined ? [] : [[testImageName(test), image] as const];
  });
  const { image } = args.readiness ?? {};
  return { ...Object.fromEntries(named), ...(image !== undefined && { [readinessImageName]: image }) };
}

function environmentArgs(whole: Definition, own: Settings): EphemeralEnvironmentArgs {
  const { definition, settings } = withExternal(whole, own);
  const { stack, project, ref, commit, mergeRequest, pull, pullLogins, nodeSelector } = settings;
  const { tests, podSecurity, runTasks = false } = definition;
  const catalogue = definition.catalogue && scaledCatalogue(definition.catalogue, settings);
  const { application, others } = ownServices(definition, settings);
  return {
    identity: { stack, project, ref, commit, ...(mergeRequest !== undefined && { mergeRequest }) },
    application,
    services: others,
    backing: {
      ...(catalogue && { catalogue }),
      names: settings.services,
      functions: settings.functions,
      imageSource: { prefix: settings.imagePrefix, standIns: settings.standIns },
    },
    registry: { logins: pull ? [pull] : [], ...(pullLogins && { dockerConfig: pullLogins }) },
    trust: settings.trust,
    ...(podSecurity && { podSecurity }),
    runTasks,
    ...lifeOf(settings),
    cap: settings.cap,
    placement: Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {},
    ...(settings.gateway && { gateway: settings.gateway }),
    tests: tests.map((test) => suite(test, settings)),
    readiness: { withinSeconds: settings.readyWithinSeconds, ...readinessOf(definition, settings) },
  };
}

/**
 * Has `pulumi destroy` stop before it removes anything: what depends on all goes first, and is protected. Protection of what it
 * guards would be in the way of a release that makes a Job anew or drops a service.
 */
function guard(environment: EphemeralEnvironment, stack: string): void {
  new pulumi.Stash("guard", { input: stack }, { dependsOn: environment, protect: true });
}

/** A standing environment's does not begin anew with each deployment: it has no end. */
function lifeOf({ kind, ttl, deployedAt }: Settings): Pick<EphemeralEnvironmentArgs, "kind" | "lifetime"> {
  const lifetime = { ...(ttl !== undefined && { ttl }), ...(deployedAt !== undefined && { deployedAt }) };
  if (kind !== EnvironmentKind.standing) return { lifetime };
  return { kind, lifetime: ttl === undefined ? {} : { ttl } };
}

function readinessOf(
  { readiness }: Definition,
  settings: Settings,
): { image?: pulumi.Input<string>; service?: string } {
  if (readiness === undefined) return {};
  if ("service" in readiness) return readiness;
  return { image: givenImage(settings, readinessImageName) ?? readinessImage(settings, readiness.base) };
}

/** The project's services with their images. @throws when a name that is given is that of none. */
function ownServices(definition: Definition, settings: Settings) {
  const names = Object.keys(definition.services);
  const known = imageNames(definition);
  const unknown = Object.keys(settings.images).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new pulumi.RunError(
      `setting ${fullName("images")} names ${shown(unknown)}, which the program does not have: ${suggestion(unknown, names)}`,
    );
  requireScalable(definition, settings);
  requireImages(definition, settings);
  const services = Object.entries(definition.services).map(([name, service]) =>
    deployed(name, service, settings, name === definition.application),
  );
  const application = services.find(({ name }) => name === definition.application);
  if (application === undefined)
    throw new pulumi.RunError(
      `application ${shown(definition.application)} is not among the services: ${suggestion(definition.application, names)}`,
    );
  return { application, others: services.filter((service) => service !== application) };
}

function deployed(
  name: string,
  own: OwnService,
  settings: Settings,
  isApplication: boolean,
): DeployedService {
  const { build, image, secrets = [], migrations: _, ...service } = scaled(name, own, settings);
  const given = givenImage(settings, name) ?? orStandIn(image, settings);
  const code =
    given === undefined && build !== undefined
      ? { build: imageBuild(settings, name, build, isApplication) }
      : { ...(given !== undefined && { image: given }) };
  const { refs, values } = referred(secrets, settings);
  return {
    name,
    ...service,
    ...(Object.keys(refs).length > 0 && { secretRefs: { ...service.secretRefs, ...refs } }),
    ...containersOrStandIns(service, settings),
    ...code,
    ...(values.length > 0 && { secrets: secretsOf(`service ${shown(name)}`, values, settings) }),
  };
}

/** A suite of tests with its image and its secrets. */
function suite({ build, image, secrets = [], ...test }: OwnTest, settings: Settings): EnvironmentTest {
  const name = testImageName(test);
  const given = givenImage(settings, name) ?? orStandIn(image, settings);
  const own =
    given ?? (build === undefined ? undefined : builtImage(imageBuild(settings, name, build, false), name));
  const values = secretsOf(`tests ${shown(test.name ?? name)}`, secrets, settings);
  return {
    ...test,
    ...(own !== undefined && { image: own }),
    ...(secrets.length > 0 && { secrets: values }),
  };
}

/** @throws when a secret has no value. */
function secretsOf(owner: string, names: string[], { trust, secret }: Settings) {
  if (!trustRules[trust].sharedSecrets) return {};
  const values = names.map((name) => {
    const value = secret(name);
    if (value !== undefined) return [name, value] as const;
    throw new pulumi.RunError(
      `secret ${name} of ${owner} is not set: run pulumi config set --secret ${name}, or set the variable ${name}`,
    );
  });
  return Object.fromEntries(values);
}
