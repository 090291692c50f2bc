import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Output, RunError } from "@pulumi/pulumi";
import { ApplicationImage, type ImageBuild, ProbeImage } from "../components/index.ts";
import { shown, suiteCronJob, testJobName, trustRules } from "../components/model/index.ts";
import { whyForeign } from "../foundation/ownCode.ts";
import type { Build, Definition, OwnTest } from "./definition.ts";
import { asksForCommit, lastChange } from "./imageCommit.ts";
import { fullName, type Settings } from "./settings.ts";
import { asRunError } from "./runError.ts";

/** Builds the project's images, if it has any, in a stack of their own, for pipelines whose deploy job has no Docker. */
export function imageStack(definition: Definition, settings: Settings) {
  const { readiness, application } = definition;
  const images = Object.fromEntries(
    Object.entries(buildsOf(definition)).map(([name, build]) => [
      name,
      builtImage(imageBuild(settings, name, build, name === application), name),
    ]),
  );
  if (readiness !== undefined && "base" in readiness)
    images[readinessImageName] = readinessImage(settings, readiness.base);
  return { images };
}

/** What the project builds, by the names under which the images are given: those of its services and of its tests. */
function buildsOf({ services, tests }: Definition): Record<string, string | Build> {
  const named = [...Object.entries(services), ...tests.map((test) => [testImageName(test), test] as const)];
  return Object.fromEntries(
    named.flatMap(([name, { build }]) => (build === undefined ? [] : [[name, build] as const])),
  );
}

/** An image of the project's own, beside the environment. */
export function builtImage(build: ImageBuild, name: string): Output<string> {
  return new ApplicationImage(name, { build }).image;
}

/** Under this name the image of a suite of tests is given: `test`, or `test-smoke`. */
export function testImageName({ name }: OwnTest): string {
  return suiteCronJob(name ?? testJobName);
}

/** Under this name the image is given in which it is looked whether all is ready; no service may be called so. */
export const readinessImageName = "readiness";

/** The image in which it is looked whether all is ready, where it is none of a service. */
export function readinessImage({ imageRepository, registry, trust }: Settings, base: string): Output<string> {
  if (!trustRules[trust].push) throw cannotPush(trust, "readiness");
  const login = registry && { login: registry };
  return new ProbeImage("probe", { repository: `${imageRepository}/probe`, base, ...login }).image;
}

/** @throws where an image would be built and nothing is pushed: all of them are named at once. */
export function requireImages(definition: Definition, { trust, images }: Settings): void {
  if (trustRules[trust].push) return;
  const { services, tests, readiness } = definition;
  const hasImage = (name: string) =>
    (services[name] ?? tests.find((test) => testImageName(test) === name))?.image !== undefined;
  const built = Object.keys(buildsOf(definition)).filter((name) => !hasImage(name));
  if (readiness !== undefined && "base" in readiness) built.push(readinessImageName);
  const missing = built.filter((name) => !Object.hasOwn(images, name));
  if (missing.length > 0) throw cannotPush(trust, ...missing);
}

function cannotPush(trust: string, ...names: string[]): RunError {
  const each = names.length === 1 ? "" : "each of ";
  return new RunError(
    `setting ${fullName("trust")} is ${trust}, which pushes no image: give ${fullName("images")} one for ${each}${names.join(", ")}, a reference by digest`,
  );
}

/**
 * How a service's image is built, with a tag that tells when the checkout is not what was committed. An image that does not
 * tell its commit is of the last one that changed it, so that others need not build it again.
 * @param isApplication whether the gate asks it for the commit.
 */
export function imageBuild(
  settings: Settings,
  service: string,
  given: string | Build,
  isApplication: boolean,
): ImageBuild {
  if (!trustRules[settings.trust].push) throw cannotPush(settings.trust, service);
  const build = typeof given === "string" ? { context: given } : given;
  const { context, dockerfile = join(build.context, "Dockerfile") } = build;
  checkSource(`build of service ${shown(service)}`, context, dockerfile);
  const { imageRepository, ref, commit, baseImage, registry } = settings;
  const dirty = settings.dirty(context);
  const tellsCommit = isApplication || asksForCommit(dockerfile);
  return {
    ...build,
    repository: `${imageRepository}/${service}`,
    ref,
    commit: tellsCommit ? commit : (lastChange({ context, dockerfile }) ?? commit),
    ...(!tellsCommit && { tellsCommit }),
    args: { ...(baseImage !== undefined && { BASE: baseImage }), ...build.args },
    ...(dirty !== undefined && { dirty }),
    ...registry,
  };
}

/** @throws when there is no Dockerfile, or it or the context is not of the commit that is deployed. */
function checkSource(argument: string, context: string, dockerfile: string): void {
  if (!existsSync(dockerfile))
    throw new RunError(
      `${argument} has no Dockerfile ${shown(dockerfile)}: name the folder that has it, relative to the program, such as "../api"`,
    );
  // Of a link git only knows where it leads.
  for (const source of [context, dirname(realpathSync(dockerfile))]) {
    const must = asRunError(() => whyForeign(source));
    if (must !== undefined)
      throw new RunError(
        `${argument} is of ${shown(source)} but must be of ${must}, whose commit the image tells`,
      );
  }
}
