import { afterEach, beforeEach, expect, it } from "vitest";
import { doubtfulImages, requireImages } from "../../cli/release/lockedImages.ts";
import { sealed } from "../../foundation/releaseLock.ts";
import { type Said, SmallRegistry } from "../unit/smallRegistry.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
let registry: SmallRegistry;
/** What is said to each digest. */
let answers: Record<string, Said> = {};
let told: string[] = [];

beforeEach(async () => {
  [answers, told] = [{}, []];
  registry = await SmallRegistry.start(({ path }) => {
    const asked = path.split("/").at(-1) ?? "";
    return answers[asked] ?? [200, { "docker-content-digest": asked }];
  });
});

afterEach(() => {
  registry.stop();
});

function lockOf(images: Record<string, string>) {
  return sealed({
    ...{ version: "1.0.0", project: "shop/deals", commit: "0123456", ref: "main", environment: "qa" },
    ...{
      program: "0.1.0",
      images,
      services: [],
      migrations: {},
      secretFiles: {},
      graph: {},
      objects: digest("0"),
    },
  });
}

const images = () => ({
  web: `${registry.host}/shop/web@${digest("1")}`,
  api: `${registry.host}/shop/api:2.0@${digest("2")}`,
});
const asked = () =>
  requireImages(lockOf(images()), {}, (line) => {
    told.push(line);
  });

it("asks for each image by its digest, whatever tag it had, and says nothing where all are there", async () => {
  await asked();
  expect(told).toEqual([]);
  const paths = registry.asked.map(({ path }) => path).sort();
  expect(paths).toEqual([`/v2/shop/api/manifests/${digest("2")}`, `/v2/shop/web/manifests/${digest("1")}`]);
});

it("refuses a release of which an image is gone", async () => {
  answers = { [digest("2")]: [404] };
  await expect(asked()).rejects.toThrow(
    `release 1.0.0 cannot be made again: image ${registry.host}/shop/api:2.0@${digest("2")} of api is no longer in ${registry.host}; push it again, or deploy another release`,
  );
});

it("leaves it to the cluster where the registry lets this machine not in", async () => {
  answers = { [digest("1")]: [401], [digest("2")]: [401] };
  await asked();
  expect(told).toEqual([
    `of 2 images of release 1.0.0, nobody knows here whether ${registry.host} has them, since it lets in nobody without a login: the cluster will see`,
  ]);
});

it("shows its login to the project's own registry alone", async () => {
  const variables = { CI_REGISTRY: registry.host, CI_REGISTRY_USER: "ci", CI_REGISTRY_PASSWORD: "open" };
  answers = { [digest("1")]: [401, { "www-authenticate": 'Basic realm="registry"' }] };
  await doubtfulImages(lockOf(images()), variables);
  expect(registry.asked.map(({ authorization }) => authorization)).toContain(`Basic ${btoa("ci:open")}`);
  registry.asked.length = 0;
  await doubtfulImages(lockOf(images()), { ...variables, CI_REGISTRY: "other.example.com" });
  expect(registry.asked.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
});
