import * as pulumi from "@pulumi/pulumi";
import {
  dockerConfigJson,
  imageReference,
  isByTag,
  loginFor,
  type Plan,
  publishedPrefix,
  shown,
  suiteCronJob,
  taggedImage,
  testJobName,
} from "../model/index.ts";
import { digestOf, type RegistryFailure } from "../services/registryClient.ts";
import { sentenceError } from "../validation.ts";
import type { EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";
import { ownServices } from "./ownServices.ts";
import { dockerConfig } from "./registrySecret.ts";

/** Who has an image that is named by a tag. */
interface Use {
  reference: string;
  /** Under which name it is among the environment's images. */
  name: string;
  /** Whose image it is, as a sentence says it. */
  owner: string;
}

/** What an environment's tags mean. */
export interface PinnedImages {
  /** Reference by tag to the one by digest, which stays as long as the environment is of the same commit. */
  byReference: Record<string, pulumi.Output<string>>;
  /** Of those that are not a service's own: `SERVICE/CONTAINER`, or the suite's CronJob, to the reference by digest. */
  byName: Record<string, pulumi.Output<string>>;
  /** What the digests are kept in. */
  kept: pulumi.Resource[];
}

/**
 * Asks the registries what the environment's tags mean, and keeps the answers in the state. Nothing is asked, and nothing
 * kept, where all images are given by digest.
 */
export function pinImages(
  name: string,
  args: EphemeralEnvironmentArgs,
  plan: Plan,
  parent: pulumi.Resource,
): PinnedImages {
  const uses = usesOfTags(args, plan);
  const pinned: PinnedImages = { byReference: {}, byName: {}, kept: [] };
  for (const use of uses) {
    const { reference } = use;
    if (Object.hasOwn(pinned.byReference, reference)) continue;
    const kept = keep(`${name}-${reference}`, use, args, plan, parent);
    pinned.kept.push(kept);
    pinned.byReference[reference] = kept.output.apply((output: Kept) => output.image);
  }
  for (const { name: image, reference } of uses) {
    const found = pinned.byReference[reference];
    if (found !== undefined) pinned.byName[image] = found;
  }
  return pinned;
}

/** All images of an environment that are named by a tag. */
function usesOfTags(args: EphemeralEnvironmentArgs, { services, backing }: Plan): Use[] {
  const source = args.backing?.imageSource ?? { prefix: publishedPrefix };
  const ofService = (service: string) => ({ name: service, owner: `service ${shown(service)}` });
  const all = [
    ...ownServices(args).map((own) => ({ reference: own.image, ...ofService(own.name) })),
    ...backing.map((one) => ({ reference: imageReference(one.image, source), ...ofService(one.name) })),
    ...services.flatMap(({ name, initContainers = [], sidecars = [] }) =>
      [...initContainers, ...sidecars].map((container) => ({
        reference: container.image,
        name: `${name}/${container.name}`,
        owner: `container ${shown(container.name)} of service ${shown(name)}`,
      })),
    ),
    ...args.tests.map(({ name = testJobName, image }) => ({
      reference: image,
      name: suiteCronJob(name),
      owner: `tests ${shown(name)}`,
    })),
  ];
  return all.flatMap(({ reference, ...use }) => (isByTag(reference) ? [{ ...use, reference }] : []));
}

/** What an image was when its commit was first deployed: later its tag may move, and is not looked at. */
function keep(
  name: string,
  { reference, owner }: Use,
  { registry = {}, identity: { commit } }: EphemeralEnvironmentArgs,
  { rules }: Plan,
  parent: pulumi.Resource,
): pulumi.Stash {
  const config = rules.sharedSecrets ? dockerConfig(name, registry) : pulumi.output(dockerConfigJson([]));
  const answer = config.apply(async (logins): Promise<Kept> => {
    const image = taggedImage(reference);
    try {
      return { image: `${reference}@${await digestOf(image, loginFor(image.registry, logins))}`, commit };
    } catch (error) {
      // Of what cannot be read nothing is known.
      const before = await keptBefore(name, commit).catch(() => undefined);
      if (before !== undefined) return before;
      const { registry: host } = image;
      throw sentenceError(sentence(error as RegistryFailure, `image ${reference} of ${owner}`, host));
    }
  });
  return new pulumi.Stash(
    name,
    // Nobody's login shows in a digest.
    { input: pulumi.unsecret(answer) },
    { parent, replacementTrigger: commit, ignoreChanges: ["input"] },
  );
}

/** What the state has of an image. */
interface Kept {
  /** By digest. */
  image: string;
  commit: string;
}

/**
 * What the stack's own state has, for when a registry does not answer. Pulumi compares what is kept only after it was given
 * something new.
 */
async function keptBefore(name: string, commit: string): Promise<Kept | undefined> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const read = "pulumi:pulumi:readStackResourceOutputs";
  const { outputs = {} } = (await pulumi.runtime.invoke(read, { stackName })) as StackResources;
  const urn = Object.keys(outputs).find((one) => one.endsWith(`$pulumi:index:Stash::${name}`));
  const { output } = outputs[urn ?? ""]?.outputs ?? {};
  return output?.commit === commit ? output : undefined;
}

interface StackResources {
  outputs?: Record<string, { outputs?: { output?: Kept } }>;
}

function sentence({ kind, message }: RegistryFailure, image: string, registry: string): string {
  if (kind === "missing") return `${image} is not in ${registry}: give a tag that is there, or a digest`;
  if (kind === "refused")
    return `${image} is refused by ${registry}: ${message}; give a login that may pull it, or correct its name`;
  return `${image} has no digest yet, since ${registry} does not tell it: ${message}; try again when it does, correct the name, or give a digest`;
}
