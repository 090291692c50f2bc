import { taggedImage } from "../../components/model/index.ts";
import { digestOf, RegistryFailure } from "../../components/services/registryClient.ts";
import { Failure } from "../../foundation/failure.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import { readVariable } from "../../foundation/variable.ts";

type Variables = Record<string, string | undefined>;

/** Images of a release that its registries do not give: each with why, in words. */
export async function missingImages(
  { images }: Pick<ReleaseLock, "images">,
  variables: Variables,
): Promise<{ name: string; image: string; reason: string }[]> {
  const answers = await Promise.all(
    Object.entries(images).map(async ([name, image]) => {
      const reason = await whyMissing(image, variables);
      return reason === undefined ? [] : [{ name, image, reason }];
    }),
  );
  return answers.flat();
}

/** @throws when one of them is missing: nothing would be half deployed. */
export async function requireImages(lock: ReleaseLock, variables: Variables): Promise<void> {
  const missing = await missingImages(lock, variables);
  const [first] = missing;
  if (first === undefined) return;
  const others = missing.length === 1 ? "" : `, and ${String(missing.length - 1)} more`;
  throw new Failure(
    "broken",
    `release ${lock.version} cannot be made again: image ${first.image} of ${first.name} ${first.reason}${others}; push it again, or deploy another release`,
  );
}

async function whyMissing(image: string, variables: Variables): Promise<string | undefined> {
  const [name = "", digest = ""] = image.split("@");
  const isTagged = /:[^/]*$/.test(name);
  const { registry, path } = taggedImage(isTagged ? name : `${name}:latest`);
  try {
    await digestOf({ registry, path, tag: digest }, loginOf(registry, variables));
    return undefined;
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    return error.kind === "missing"
      ? `is no longer in ${registry}`
      : `cannot be asked for, since ${error.message}`;
  }
}

/** The login to the project's own registry; others are asked without one. */
function loginOf(registry: string, variables: Variables): { username: string; password: string } | undefined {
  if (readVariable("CI_REGISTRY", variables) !== registry) return undefined;
  const username = readVariable("DYNENV_PULL_USER", variables) ?? readVariable("CI_REGISTRY_USER", variables);
  const password =
    readVariable("DYNENV_PULL_PASSWORD", variables) ?? readVariable("CI_REGISTRY_PASSWORD", variables);
  return username === undefined || password === undefined ? undefined : { username, password };
}
