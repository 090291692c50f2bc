// Programs of others, whose secrets come from wherever they have them, and locks that somebody made by hand.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { environmentFiles, secretsFile } from "../../rendering/files.ts";
import type { RenderingAnswer } from "../../rendering/request.ts";
import { definitionIn } from "../../stacks/lockedDefinition.ts";

const digest = `sha256:${"1".repeat(64)}`;
const images = { web: `registry.example.com/shop/web@${digest}` };
const commit = "0123456789abcdef0123456789abcdef01234567";
const settings = { "dynenv:kind": "standing", "dynenv:project": "shop", "dynenv:ref": "main" };
const registry = { CI_REGISTRY: "registry.invalid", CI_REGISTRY_USER: "a", CI_REGISTRY_PASSWORD: "b" };
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dynenv-secrets-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const imported = (...path: string[]) => JSON.stringify(join(projectRoot, ...path));
const web = (more: string) =>
  `{ application: "web", services: { web: { build: "web", port: 8080, ${more} } }, tests: [{ command: ["true"] }] }`;

/** What a program with this definition would deploy, or why it cannot be said. */
async function answered(
  definition: string,
  env: Record<string, string> = {},
  config: Record<string, string> = {},
): Promise<RenderingAnswer> {
  const program = [
    `import * as pulumi from ${imported("node_modules", "@pulumi", "pulumi", "index.js")};`,
    `import { preview } from ${imported("stacks", "index.ts")};`,
    `export default preview(${definition});`,
  ];
  writeFileSync(join(folder, "index.ts"), program.join("\n"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const request = { folder, entry: "index.ts", project: "shop", stack: "qa" };
  const all = { ...settings, "dynenv:commit": commit, ...config };
  const { stdio } = await execa(
    process.execPath,
    ["--experimental-transform-types", join(projectRoot, "rendering", "main.ts")],
    {
      input: JSON.stringify({ ...request, config: all, images }),
      ...{ stdio: ["pipe", "ignore", "ignore", "pipe"], env: { ...registry, ...env }, reject: false },
    },
  );
  return JSON.parse(stdio[3]) as RenderingAnswer;
}

async function filesOf(...asked: Parameters<typeof answered>): Promise<Record<string, string>> {
  const answer = await answered(...asked);
  if ("error" in answer) throw new Error(answer.error);
  expect(JSON.stringify(answer)).not.toContain("open-sesame");
  return environmentFiles(answer.rendered.manifests);
}

describe("what is rendered", () => {
  it("has no text of a secret file, wherever the program has it from", async () => {
    const secret = 'secretFiles: { "/etc/web.conf": pulumi.secret("token=" + process.env.TOKEN) }';
    const { [secretsFile]: script = "" } = await filesOf(web(secret), { TOKEN: "open-sesame" });
    expect(script).toContain(': "${WEB_ETC_WEB_CONF:?is the text of a secret: set it}"');
    expect(script).toContain('printf %s "$WEB_ETC_WEB_CONF" >');
  });

  it("is refused where a variable has a setting's secret, which the lock would hold as what stands for it", async () => {
    const plain = 'environment: { TOKEN: new pulumi.Config("shop").require("token") }';
    const answer = await answered(web(plain), {}, { "shop:token": "\uE000SHOP_TOKEN\uE001" });
    expect(answer).toEqual({
      error: expect.stringMatching(/^service web has a secret among its variables/) as string,
      isOfCaller: true,
    });
    const icon = await answered(web('environment: { ICON: "\\uE000" }'));
    expect(icon).toHaveProperty("rendered");
  });

  it.each([
    ['(() => { throw "boo"; })()', 'the program threw "boo"'],
    ["(() => { throw undefined; })()", "the program threw undefined"],
    ['(setTimeout(() => { throw new Error("later"); }), await new Promise(() => {}))', "later"],
    ["Promise.resolve({})", "definition.application is missing"],
  ])("is told in a sentence where the program is %s", async (definition, sentence) => {
    expect(await answered(definition)).toHaveProperty("error", expect.stringContaining(sentence));
  });
});

describe("a lock that somebody made by hand, with a hash that is right", () => {
  const own = { image: images.web, port: 8080 };
  const graph = { application: "web", services: { web: own }, tests: [{ command: ["true"] }] };
  const withService = (service: object) => ({ ...graph, services: { web: { ...own, ...service } } });
  const catalogue = (image: object) => ({ functions: {}, services: [{ name: "db", image }] });
  const taken = (lock: object) => definitionIn({ graph: lock, version: "1.0.0", secretFiles: {} }, graph);

  it("is taken where its graph is whole", () => {
    expect(taken(graph)).toEqual(graph);
  });

  it.each([
    [{}, "holds a graph that this version refuses: definition.application is missing"],
    [{ ...graph, services: { web: null } }, "holds a graph that this version refuses"],
    [{ ...graph, more: 1 }, "holds a graph that this version refuses: definition has the unknown key more"],
    [withService({ image: "web:1" }), 'has the image "web:1" in its graph'],
    [withService({ sidecars: [{ name: "log", image: "log:1" }] }), 'has the image "log:1" in its graph'],
    [withService({ build: "web" }), "has an image that is built in its graph"],
    [{ ...graph, tests: [{ command: ["true"], image: "test:1" }] }, 'has the image "test:1" in its graph'],
    [{ ...graph, catalogue: catalogue({ repository: "db", tag: "1" }) }, 'has the image "db" in its graph'],
  ])("is refused with %j", (lock, sentence) => {
    expect(() => taken(lock)).toThrow(`release 1.0.0 ${sentence}`);
  });
});
