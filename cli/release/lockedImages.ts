import { taggedImage } from "../../components/model/index.ts";
import { digestOf, RegistryFailure } from "../../components/services/registryClient.ts";
import { Failure } from "../../foundation/failure.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import type { Progress } from "../../foundation/work.ts";
import { readVariable } from "../../foundation/variable.ts";

type Variables = Record<string, string | undefined>;

/** An image that is not known to be there. */
export interface DoubtfulImage {
  /** Of what it is, as the lock names it. */
  name: string;
  image: string;
  /** Why: of one that is missing, in words that follow the image. */
  reason: string;
  /** Whether it is known not to be there. */
  isMissing: boolean;
}

/** Images of a release that its registries do not give to this machine; a cluster's login may be another. */
export async function doubtfulImages(
  { images }: Pick<ReleaseLock, "images">,
  variables: Variables,
): Promise<DoubtfulImage[]> {
  const answers = await Promise.all(
    Object.entries(images).map(async ([name, image]) => {
      const doubt = await doubtAbout(image, variables);
      return doubt === undefined ? [] : [{ name, image, ...doubt }];
    }),
  );
  return answers.flat();
}

/** @throws when one of them is missing: nothing would be half deployed. */
export async function requireImages(
  lock: ReleaseLock,
  variables: Variables,
  progress: Progress,
): Promise<void> {
  const doubtful = await doubtfulImages(lock, variables);
  const missing = doubtful.filter(({ isMissing }) => isMissing);
  const [first] = missing;
  if (first === undefined) {
    for (const reason of new Set(doubtful.map((one) => one.reason)))
      progress(
        `of ${String(doubtful.length)} images of release ${lock.version}, ${reason}: the cluster will see`,
      );
    return;
  }
  const others = missing.length === 1 ? "" : `, and ${String(missing.length - 1)} more`;
  throw new Failure(
    "broken",
    `release ${lock.version} cannot be made again: image ${first.image} of ${first.name} ${first.reason}${others}; push it again, or deploy another release`,
  );
}

async function doubtAbout(
  image: string,
  variables: Variables,
): Promise<Pick<DoubtfulImage, "reason" | "isMissing"> | undefined> {
  const [name = "", digest = ""] = image.split("@");
  const isTagged = /:[^/]*$/.test(name);
  const { registry, path } = taggedImage(isTagged ? name : `${name}:latest`);
  try {
    await digestOf({ registry, path, tag: digest }, loginOf(registry, variables));
    return undefined;
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    const isMissing = error.kind === "missing";
    return {
      isMissing,
      reason: isMissing
        ? `is no longer in ${registry}`
        : `nobody knows here whether ${registry} has them, since ${error.message}`,
    };
  }
}

/** The login to the project's own registry; others are asked without one. */
function loginOf(registry: string, variables: Variables): { username: string; password: string } | undefined {
  if (readVariable("CI_REGISTRY", variables) !== registry) return undefined;
  const username = readVariable("CI_REGISTRY_USER", variables);
  const password = readVariable("CI_REGISTRY_PASSWORD", variables);
  return username === undefined || password === undefined ? undefined : { username, password };
}
