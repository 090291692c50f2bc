import type * as pulumi from "@pulumi/pulumi";
import type { TestSuite } from "../checks/testSuite.ts";
import {
  checkSuites,
  checkTaggedImage,
  isByTag,
  type Service,
  shown,
  suggestion,
  testEnvironment,
  type TrustRules,
} from "../model/index.ts";
import type { EnvironmentTest, EphemeralEnvironmentArgs } from "./ephemeralEnvironmentArgs.ts";
import type { PinnedImages } from "./pinnedImages.ts";

/** @param services all of the environment. @throws unless the tests can be run. */
export function checkTests(
  { tests, identity }: Pick<EphemeralEnvironmentArgs, "tests" | "identity">,
  services: Service[],
): void {
  checkSuites("tests", tests, {
    environment: testEnvironment(services, identity.commit),
    more: ["service"],
    checkImage: checkTaggedImage,
    // The image of a service runs the service by itself.
    needsCommand: ({ image }) => image === undefined,
  });
  const names = services.map(({ name }) => name);
  for (const [index, { service, image }] of tests.entries()) {
    if (service === undefined) continue;
    const place = `tests[${String(index)}]`;
    if (image !== undefined)
      throw new Error(`${place} has both image and service: give one of them, the tests run in one image`);
    if (!names.includes(service))
      throw new Error(
        `${place}.service is ${shown(service)}, which is not among the services: ${suggestion(service, names)}`,
      );
  }
}

/**
 * The suites as they are run.
 * @param images of each service, by its name.
 */
export function testSuites(
  tests: EnvironmentTest[],
  images: Record<string, pulumi.Output<string>>,
  { byReference }: Pick<PinnedImages, "byReference">,
  { sharedSecrets }: Pick<TrustRules, "sharedSecrets">,
): TestSuite[] {
  return tests.map(({ service, secrets = {}, image: given, ...suite }) => {
    const own = isByTag(given) ? byReference[given] : given;
    const image = service === undefined ? own : images[service];
    return { ...suite, ...(image !== undefined && { image }), secrets: sharedSecrets ? secrets : {} };
  });
}
