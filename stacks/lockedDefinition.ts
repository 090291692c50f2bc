import { RunError } from "@pulumi/pulumi";
import type { Catalogue } from "../components/index.ts";
import { isByTag, shown } from "../components/model/index.ts";
import type { ReleaseLock } from "../foundation/releaseLock.ts";
import type { Definition, OwnService, OwnTest } from "./definition.ts";
import { checkDefinition } from "./definitionRules.ts";
import { testImageName } from "./image.ts";
import type { Settings } from "./settings.ts";

/** Images by digest, as an environment tells them in its outputs: service, `SERVICE/CONTAINER` or suite to reference. */
type Images = Record<string, string>;

/**
 * What a release needs to be made again: a definition with the images that were deployed in the place of builds and tags, the
 * services of its catalogue that were, and none of its secrets.
 */
export function lockedDefinition(definition: Definition, images: Images): Definition {
  const { catalogue, services, tests } = definition;
  const own = Object.entries(services).map(
    ([name, one]) => [name, lockedService(name, one, images)] as const,
  );
  return {
    ...definition,
    services: Object.fromEntries(own),
    ...(catalogue && { catalogue: lockedCatalogue(catalogue, images) }),
    tests: tests.map((test) => lockedTest(test, images)),
  };
}

function lockedService(name: string, service: OwnService, images: Images): OwnService {
  const { build: _, secretFiles: _texts, migrations: _folder, ...rest } = service;
  return { ...rest, ...lockedContainers(name, service, images), image: imageOf(name, images) };
}

/** The containers beside a service's own, whose tags may move. */
function lockedContainers(
  name: string,
  { initContainers, sidecars }: Pick<OwnService, "initContainers" | "sidecars">,
  images: Images,
): Pick<OwnService, "initContainers" | "sidecars"> {
  const each = (list: NonNullable<typeof sidecars>) =>
    list.map((one) => (isByTag(one.image) ? { ...one, image: imageOf(`${name}/${one.name}`, images) } : one));
  return {
    ...(initContainers && { initContainers: each(initContainers) }),
    ...(sidecars && { sidecars: each(sidecars) }),
  };
}

function lockedTest({ build, ...test }: OwnTest, images: Images): OwnTest {
  if (build === undefined && !isByTag(test.image)) return test;
  return { ...test, image: imageOf(testImageName(test), images) };
}

function lockedCatalogue({ services }: Catalogue, images: Images): Catalogue {
  const deployed = services.filter(({ name }) => Object.hasOwn(images, name));
  return {
    services: deployed.map((service) => {
      const [, digest = ""] = imageOf(service.name, images).split("@");
      const own = lockedContainers(service.name, service, images);
      return { ...service, ...own, image: { ...service.image, digest } };
    }),
    functions: {},
  };
}

function imageOf(name: string, images: Images): string {
  const image = Object.hasOwn(images, name) ? images[name] : undefined;
  if (image?.includes("@sha256:")) return image;
  throw new RunError(
    `image ${shown(name)} is not among those of the environment by digest: deploy it again by this version of dynenv`,
  );
}

/** The settings with which a release is deployed: what it holds is no choice of an environment. */
export function lockedSettings(
  settings: Settings,
  {
    commit,
    ref,
    project,
    images,
    services,
  }: Pick<ReleaseLock, "commit" | "ref" | "project" | "images" | "services">,
): Settings {
  const given = Object.entries(images).filter(([name]) => !name.includes("/") && !services.includes(name));
  return {
    ...settings,
    ...{ commit, ref, project, services },
    ...{ mergeRequest: undefined, functions: [], standIns: {}, images: Object.fromEntries(given) },
  };
}

/** @throws where this program refuses what a lock holds. */
function requireSound(definition: Definition, version: string): void {
  try {
    checkDefinition(definition);
  } catch (error) {
    throw new RunError(
      `release ${version} holds a graph that this version refuses: ${(error as Error).message}`,
    );
  }
}

/** @throws where a lock does not say by digest what is deployed, so that it would be something else tomorrow. */
function requireByDigest({ services, catalogue, tests }: Definition, version: string): void {
  const built = [...Object.values(services), ...tests].some(({ build }) => build !== undefined);
  const beside = Object.values(services).flatMap((one) => [
    ...(one.initContainers ?? []),
    ...(one.sidecars ?? []),
  ]);
  const given = [...Object.values(services), ...beside, ...tests].map(({ image }) => image);
  const ofCatalogue = (catalogue?.services ?? []).map(({ image }) => image);
  const loose =
    given.find((image) => isByTag(image)) ?? ofCatalogue.find(({ digest }) => !digest)?.repository;
  if (!built && loose === undefined) return;
  throw new RunError(
    `release ${version} has ${built ? "an image that is built" : `the image ${shown(loose)}`} in its graph, though a release has all by digest: take its lock from the branch stable again`,
  );
}

/**
 * The definition that a lock holds, with the texts of secret files, which are the environment's, from the program that is here.
 * @throws where that one has none, and for what no release holds: whoever edits a lock can make its hash again.
 */
export function definitionIn(
  { graph, version, secretFiles }: Pick<ReleaseLock, "version" | "secretFiles"> & { graph: object },
  here: Definition,
): Definition {
  const definition = graph as Definition;
  requireSound(definition, version);
  requireByDigest(definition, version);
  const services = Object.entries(definition.services).map(([name, service]) => {
    const paths = Object.hasOwn(secretFiles, name) ? (secretFiles[name] ?? []) : [];
    if (paths.length === 0) return [name, service] as const;
    const own = Object.hasOwn(here.services, name) ? (here.services[name]?.secretFiles ?? {}) : {};
    const missing = paths.find((path) => !Object.hasOwn(own, path));
    if (missing !== undefined)
      throw new RunError(
        `release ${version} needs the secret file ${shown(missing)} of service ${name}, which this program no longer has: check out the release's commit`,
      );
    const files = paths.flatMap((path) => (own[path] === undefined ? [] : [[path, own[path]] as const]));
    return [name, { ...service, secretFiles: Object.fromEntries(files) }] as const;
  });
  return { ...definition, services: Object.fromEntries(services) };
}
