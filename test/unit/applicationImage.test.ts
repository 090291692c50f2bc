import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { shown } from "../../components/model/rules/shown.ts";
import { ApplicationImage, type ApplicationImageArgs, type ImageBuild } from "../../components/index.ts";
import { shop } from "../../example/shop.ts";
import { imageStack } from "../../stacks/image.ts";
import { previewStack } from "../../stacks/preview.ts";
import type { Settings } from "../../stacks/settings.ts";
import { registryPassword } from "../golden/passwords.ts";
import { exampleSettings } from "../golden/preview.ts";
import { construct } from "../../rendering/construction.ts";
import { refusal } from "./refusal.ts";
import { kindOf, openTexts, secretsOf } from "./registrations.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const repository = "registry.example.com/shop/deals";
const required = { repository, ref: "feature/Login", commit, context: "example" };
const digest = `sha256:${"2".repeat(64)}`;

const build = (args: ApplicationImageArgs) => construct(() => new ApplicationImage("image", args));

async function built(more: Partial<ImageBuild> = {}) {
  const { resources } = await build({ build: { ...required, ...more } });
  const [image] = resources.filter((resource) => kindOf(resource) === "Image");
  return image?.inputs as { imageName: string; build: unknown; registry?: unknown };
}

describe("an image that is built", () => {
  it("has the ref's slug and the commit as its tag", async () => {
    expect((await built()).imageName).toBe(`${repository}:feature-login-${commit}`);
  });

  it("has a tag that tells of changes that are not committed", async () => {
    const { imageName } = await built({ dirty: "fedcba9876543210" });
    expect(imageName).toBe(`${repository}:feature-login-${commit}-dirty-fedcba987654`);
  });

  it("is referred to by the digest that it was pushed with", async () => {
    const { outputs } = await build({ build: required });
    expect(outputs).toEqual([{ image: `${repository}:feature-login-${commit}@${digest}` }]);
  });

  it("is built from the context's Dockerfile for the platform of most clusters, and knows its commit", async () => {
    expect((await built()).build).toEqual({
      context: "example",
      dockerfile: "example/Dockerfile",
      args: { COMMIT: commit },
      platform: "linux/amd64",
    });
  });

  it("is built as it is asked for, but always knows its commit", async () => {
    const args = { BASE: pulumi.output("node:24"), COMMIT: "other" };
    expect((await built({ args, dockerfile: "ci/Dockerfile", platform: "linux/arm64" })).build).toEqual({
      context: "example",
      dockerfile: "ci/Dockerfile",
      args: { BASE: "node:24", COMMIT: commit },
      platform: "linux/arm64",
    });
  });

  it("is a stage of the Dockerfile, and does not know its commit, where it is asked for that", async () => {
    const { build: asked } = await built({ target: "runtime", tellsCommit: false });
    expect(asked).toMatchObject({ target: "runtime", args: {} });
  });

  it("is pushed with a login, whose password is secret", async () => {
    const login = { server: "registry.example.com", username: "ci", password: registryPassword };
    const constructed = await build({ build: { ...required, ...login } });
    expect(secretsOf(constructed)).toEqual({ "Image image": [registryPassword] });
    expect(openTexts(constructed)).not.toContain(registryPassword);
    expect((await built(login)).registry).toMatchObject({ server: login.server, username: "ci" });
  });

  it("is pushed without a login where none is given", async () => {
    expect(await built()).not.toHaveProperty("registry");
  });
});

describe("an image that exists", () => {
  it("is referred to as it is, and creates nothing", async () => {
    const { resources, outputs } = await build({ image: pulumi.output(`${repository}:1.0@${digest}`) });
    expect(resources.map(kindOf)).toEqual(["ApplicationImage"]);
    expect(outputs).toEqual([{ image: `${repository}:1.0@${digest}` }]);
  });

  it.each([
    "",
    repository,
    `${repository}:latest`,
    `${repository}@sha256:${"2".repeat(63)}`,
    `${repository}@sha256:${"G".repeat(64)}`,
    `@${digest}`,
    `a b@${digest}`,
    `${repository}@${digest}@${digest}`,
  ])("%j is refused, since it is no reference by digest, whenever it is known", async (image) => {
    const example = `registry.example.com/shop/deals@sha256:${"0".repeat(64)}`;
    const sentences = [
      `ApplicationImage "image": image is ${shown(image)} but must be a reference by digest, such as ${example}`,
    ];
    expect(await refusal(() => new ApplicationImage("image", { image }))).toEqual({
      sentences,
      registered: [],
    });
    const later = await refusal(() => new ApplicationImage("image", { image: pulumi.output(image) }));
    expect(later.sentences).toEqual(sentences);
  });
});

describe("the image stack", () => {
  it("builds the sample application's image from its settings", async () => {
    const { resources, outputs } = await construct(() =>
      imageStack(shop(), {
        ...exampleSettings,
        ...{ kind: "image", baseImage: "node:24-slim", dirty: () => "fedcba9876543210" },
      }),
    );
    expect(resources.map(kindOf)).toEqual(["ApplicationImage", "Image"]);
    const tag = `feature-login-${commit}-dirty-fedcba987654`;
    expect(outputs).toEqual([{ image: `${repository}:${tag}@${digest}` }]);
    expect(resources.at(-1)?.inputs).toMatchObject({
      imageName: `${repository}:${tag}`,
      build: { context: "example", args: { BASE: "node:24-slim", COMMIT: commit } },
      registry: { server: "registry.example.com", username: "pusher" },
    });
  });

  it.each<[string, (settings: Settings) => unknown]>([
    ["image stack", (settings) => imageStack(shop(), settings)],
    ["preview", (settings) => previewStack(shop(), { ...settings, images: {} })],
  ])("is no way for a fork to push: the %s is refused", async (_stack, build) => {
    expect(await refusal(() => build({ ...exampleSettings, trust: "fork" }))).toEqual({
      sentences: [
        "setting dynenv:trust is fork, which pushes no image: give dynenv:images one for deals, a reference by digest",
      ],
      registered: [],
    });
  });
});
