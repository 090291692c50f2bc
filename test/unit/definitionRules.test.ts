import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { givenImage, type Settings } from "../../stacks/settings.ts";
import type { Definition } from "../../stacks/definition.ts";
import { imageStack } from "../../stacks/image.ts";
import { checkWhole } from "../../stacks/preview.ts";
import { exampleSettings } from "../golden/preview.ts";
import { construct } from "../../rendering/construction.ts";
import { refusal } from "./refusal.ts";

const settings: Settings = { ...exampleSettings, images: {} };
const orders: Definition = {
  application: "web",
  services: { web: { port: 8080, build: "example", uses: ["api"] }, api: { port: 8080, build: "example" } },
  tests: [{ command: ["test"] }, { name: "smoke", build: "example" }],
};

/** A program in JavaScript, or one whose types nobody looked at, gives anything. */
const given = (changes: object) => ({ ...orders, ...changes });
const web = (changes: object) =>
  given({ services: { ...orders.services, web: { ...orders.services.web, ...changes } } });

describe("a definition", () => {
  it.each<[string, unknown, string]>([
    ["none", undefined, "definition is missing: it must be an object of application, services, "],
    [
      "a misspelt key",
      given({ podsecurity: "baseline" }),
      "definition has the unknown key podsecurity: did you mean podSecurity?",
    ],
    [
      "no services",
      given({ services: undefined }),
      "definition.services is missing: it must be an object from name to service, such as ",
    ],
    [
      "a list of services",
      given({ services: [] }),
      "definition.services is [] but must be an object from name to service",
    ],
    [
      "a text as a service",
      given({ services: { web: "../web" } }),
      'definition.services["web"] is "../web" but must be an object, such as ',
    ],
    [
      "a service with another name",
      web({ name: "api" }),
      'definition.services["web"] has the key name, but its name is "web" already: leave it out',
    ],
    [
      "a misspelt key of a build",
      web({ build: { context: "example", dockerFile: "a" } }),
      'definition.services["web"].build has the unknown key dockerFile: did you mean dockerfile?',
    ],
    [
      "a build without a folder",
      web({ build: {} }),
      'definition.services["web"].build.context is missing: it must be a text, such as ../web',
    ],
    [
      "a number as a build",
      web({ build: 5 }),
      'definition.services["web"].build is 5 but must be an object of context, dockerfile, target, args, platform',
    ],
    [
      "a text as secrets",
      web({ secrets: "API_KEY" }),
      'definition.services["web"].secrets is "API_KEY" but must be a list, such as ["API_KEY"]',
    ],
    [
      "a secret that no variable can be",
      web({ secrets: ["API KEY"] }),
      'one of definition.services["web"].secrets is "API KEY" but must be the name of a variable, such as API_KEY',
    ],
    [
      "no tests",
      given({ tests: undefined }),
      'definition.tests is missing: it must be a list of suites, such as [{"command": ["npm", "test"]}]',
    ],
    [
      "a command as a suite",
      given({ tests: ["npm test"] }),
      'definition.tests[0] is "npm test" but must be an object, such as ',
    ],
    [
      "a text as readiness",
      given({ readiness: "api" }),
      'definition.readiness is "api" but must be an object of service, base',
    ],
    [
      "two kinds of readiness",
      given({ readiness: { service: "api", base: "node:24" } }),
      'definition.readiness must have either service or base, such as {"service": "api"}',
    ],
    [
      "a text as a flag",
      given({ runTasks: "false" }),
      'definition.runTasks is "false" but must be true or false',
    ],
    [
      "an image of two",
      given({ services: { ...orders.services, "test-smoke": { build: "example" } } }),
      'definition.services has "test-smoke", and a suite of tests has an image of that name: give the suite another name',
    ],
    [
      "a service that there is not",
      web({ uses: ["apis"] }),
      'EphemeralEnvironment "preview": service "apis", which web uses, is not in the graph: did you mean api?',
    ],
    [
      "two suites of one name",
      given({ tests: [...orders.tests, { name: "smoke", build: "example" }] }),
      'EphemeralEnvironment "preview": tests[2].name is "smoke" but must be another one than that of tests[1], such as smoke',
    ],
  ])("is refused with %s before any image is built", async (_what, definition, sentence) => {
    const { sentences, registered } = await refusal(() => {
      checkWhole(definition as Definition, settings);
    });
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toContain(sentence);
    expect(registered).toEqual([]);
  });

  it("may lack images and secrets when it is looked at, as in the job that builds its images", async () => {
    const wanted = web({ secrets: ["API_KEY"] });
    expect(
      await refusal(() => {
        checkWhole(wanted, settings);
      }),
    ).toEqual({ sentences: [], registered: [] });
    expect(
      await refusal(() => {
        checkWhole(wanted, { ...settings, trust: "fork" });
      }),
    ).toEqual({ sentences: [], registered: [] });
  });

  it("is looked at in the stack of its images, too", async () => {
    const images: Settings = { ...settings, kind: "image", stack: "main-abc-image" };
    const looked = () => {
      checkWhole(orders, images);
    };
    expect(await refusal(looked)).toEqual({ sentences: [], registered: [] });
  });

  it("may have nothing to build", async () => {
    const services = { web: { port: 8080, image: `registry.example.com/a@sha256:${"1".repeat(64)}` } };
    const { outputs } = await construct(() =>
      pulumi.output(imageStack(given({ services, tests: [{ command: ["a"] }] }), settings)),
    );
    expect(outputs).toEqual([]);
    expect(imageStack(given({ services, tests: [{ command: ["a"] }] }), settings)).toEqual({ images: {} });
  });
});

it.each(["constructor", "toString", "__proto__"])(
  "a service called %s has no image that nobody gave",
  (name) => {
    expect(givenImage({ images: {} }, name)).toBeUndefined();
  },
);
