import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { shop } from "../../example/shop.ts";
import { projectRoot } from "../../foundation/folders.ts";
import type { Definition } from "../../stacks/definition.ts";
import { imageStack } from "../../stacks/image.ts";
import { previewStack } from "../../stacks/preview.ts";
import type { Settings } from "../../stacks/settings.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import { constructPreview, exampleSettings } from "../golden/preview.ts";
import { construct } from "../../rendering/construction.ts";
import { refusal } from "./refusal.ts";

describe("a setting of a preview", () => {
  it("builds an image where none is given, which is deployed by digest", async () => {
    const built = await constructPreview({ images: {} });
    const images = manifestsOf(built).flatMap(({ kind, spec }) =>
      ["Deployment", "Job", "CronJob"].includes(kind)
        ? [...JSON.stringify(spec).matchAll(/"image":"([^"]*)"/g)]
        : [],
    );
    const expected = `registry.example.com/shop/deals:feature-login-${exampleSettings.commit}@sha256:${"2".repeat(64)}`;
    expect(images.filter(([, image]) => image === expected)).toHaveLength(4);
  });

  it("deploys services beside those that the application uses", async () => {
    const more = manifestsOf(await constructPreview({ functions: ["login"], services: ["session-db"] }));
    const deployments = more.filter(({ kind }) => kind === "Deployment").map(({ metadata }) => metadata.name);
    expect(deployments).toEqual([
      ...["catalogue", "catalogue-db", "deals", "front-end", "session-db", "user", "user-db"],
    ]);
  });

  it("puts every pod on the nodes that it names", async () => {
    const nodeSelector = { pool: "previews" };
    const placed = manifestsOf(await constructPreview({ nodeSelector }));
    const pods = placed.filter(({ kind }) => ["Deployment", "Job", "CronJob"].includes(kind));
    expect(pods).toHaveLength(5);
    expect(pods.filter((pod) => !JSON.stringify(pod).includes('"nodeSelector":{"pool":"previews"}'))).toEqual(
      [],
    );
  });

  it("refuses what is over its cap before anything is registered but the provider", async () => {
    const settings = { ...exampleSettings, cap: { pods: 7 } };
    expect(await refusal(() => previewStack(shop(), settings))).toEqual({
      sentences: [
        'EphemeralEnvironment "preview": cap.pods is 7 but the environment needs 8: raise the cap to 8 or deploy fewer services',
      ],
      registered: ["kubernetes"],
    });
  });
});

const requests = { cpu: "50m", memory: "64Mi" };
const port = { port: 8080, containerPort: 8080, requests, limits: requests };
const digest = (name: string) => `registry.example.com/shop/${name}@sha256:${"7".repeat(64)}`;

/** A project with two services of its own, each with a secret. */
const orders: Definition = {
  application: "web",
  services: {
    web: { ...port, build: "example", uses: ["api"], secrets: ["API_KEY"] },
    api: {
      ...port,
      build: { context: "example", args: { BASE: "own" } },
      secrets: ["API_KEY", "SIGNING_KEY"],
    },
  },
  tests: [{ command: ["test"] }],
  readiness: { service: "api" },
};
const keys: Record<string, string> = { API_KEY: "first-key", SIGNING_KEY: "second-key" };
const settings: Settings = {
  ...exampleSettings,
  images: {},
  baseImage: "base",
  secret: (name) => (name in keys ? pulumi.secret(keys[name] ?? "") : undefined),
};

describe("a project with several services of its own", () => {
  it("has an image of each, built side by side, for the preview and for a stack of their own", async () => {
    const { resources } = await construct(() => previewStack(orders, settings));
    const images = resources.filter(({ type }) => type === "docker:index/image:Image");
    expect(images.map(({ name, after }) => [name, after.includes("docker:index/image:Image")])).toEqual([
      ["preview-image", false],
      ["preview-api-image", false],
    ]);
    expect(images.map(({ inputs }) => (inputs.build as { args: object }).args)).toEqual([
      { BASE: "base", COMMIT: settings.commit },
      { BASE: "own", COMMIT: settings.commit },
    ]);
    const { outputs } = await construct(() => pulumi.output(imageStack(orders, settings)));
    expect(outputs).toHaveLength(2);
  });

  it("looks whether it is ready in the image that it names", async () => {
    const images = { web: digest("web"), api: digest("api") };
    const manifests = manifestsOf(await construct(() => previewStack(orders, { ...settings, images })));
    const [gate] = manifests.filter(({ metadata }) => metadata.name === "readiness");
    expect(JSON.stringify(gate)).toContain(digest("api"));
    expect(JSON.stringify(gate)).not.toContain(digest("web"));
    const own = { ...orders, readiness: { base: digest("node") } };
    const { resources } = await construct(() => previewStack(own, { ...settings, images }));
    expect(resources.filter(({ type }) => type.endsWith(":ProbeImage"))).toHaveLength(1);
    const given = { ...settings, images: { ...images, readiness: digest("probe") } };
    const forked = manifestsOf(await construct(() => previewStack(own, given)));
    const [job] = forked.filter(({ metadata }) => metadata.name === "readiness");
    expect(JSON.stringify(job)).toContain(digest("probe"));
  });

  it("gives each service its secrets, and a fork none", async () => {
    const images = { web: digest("web"), api: digest("api") };
    const secrets = async (trust: Settings["trust"]) => {
      const { resources } = await construct(() => previewStack(orders, { ...settings, images, trust }));
      return resources
        .filter(({ name }) => name.endsWith("-secrets"))
        .map(({ name }) => name)
        .sort();
    };
    expect(await secrets("trusted")).toEqual(["preview-api-secrets", "preview-web-secrets"]);
    expect(await secrets("fork")).toEqual([]);
  });

  const needed: Partial<Definition> = {
    tests: [
      { name: "smoke", build: "example" },
      { name: "load", build: "example", image: digest("load") },
    ],
    readiness: { base: digest("node") },
  };
  const wrong: [string, Definition, Partial<Settings>, string][] = [
    [
      "an application that is none of its services",
      { ...orders, application: "wep" },
      {},
      'application "wep" is not among the services: known are api, web',
    ],
    [
      "an image for a service that it does not have",
      orders,
      { images: { apis: digest("api") } },
      'setting dynenv:images names "apis", which the program does not have: did you mean api?',
    ],
    [
      "a secret that nobody set",
      orders,
      { secret: () => undefined },
      'secret API_KEY of service "web" is not set: run pulumi config set --secret API_KEY, or set the variable API_KEY',
    ],
    [
      "a fork without its images",
      orders,
      { trust: "fork" },
      "setting dynenv:trust is fork, which pushes no image: give dynenv:images one for each of web, api, a reference by digest",
    ],
    [
      "a fork of which an image of tests and the one of the readiness Job are missing",
      { ...orders, ...needed },
      { trust: "fork", images: { web: digest("web"), api: digest("api") } },
      "setting dynenv:trust is fork, which pushes no image: give dynenv:images one for each of test-smoke, readiness, a reference by digest",
    ],
    [
      "a build without a Dockerfile",
      { ...orders, services: { ...orders.services, web: { ...port, build: "nowhere" } } },
      {},
      'build of service "web" has no Dockerfile "nowhere/Dockerfile": name the folder that has it, relative to the program, such as "../api"',
    ],
    [
      "a Dockerfile of another repository",
      {
        ...orders,
        services: {
          ...orders.services,
          web: { ...port, build: { context: "example", dockerfile: "/etc/hosts" } },
        },
      },
      {},
      `build of service "web" is of "/etc" but must be of a folder of the checkout ${projectRoot}, whose commit the image tells`,
    ],
  ];

  it.each(wrong)("is refused with %s", async (_what, definition, changes, sentence) => {
    expect(await refusal(() => previewStack(definition, { ...settings, ...changes }))).toEqual({
      sentences: [sentence],
      registered: [],
    });
  });
});
