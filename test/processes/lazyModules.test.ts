import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";

/** Runs a program as Pulumi.yaml has Node run it. */
async function said(program: string, env: Record<string, string> = {}): Promise<unknown> {
  const args = ["--import", "./tuning/lazyModules.ts", "--eval", program];
  return JSON.parse((await execa(process.execPath, args, { cwd: projectRoot, env })).stdout);
}

const unused =
  /@npmcli\/arborist|sdk-trace|source-map-support|pulumi\/(automation|cmd\/run\/tracing|runtime\/closure\/v8Hooks)|kubernetes\/(helm|kustomize|yaml)\//;

it("Pulumi.yaml has Node run it", async () => {
  const { stdout } = await execa("grep", ["nodeargs", join(projectRoot, "Pulumi.yaml")]);
  expect(stdout.trim()).toBe("nodeargs: --import ./tuning/lazyModules.ts");
});

it("Pulumi's SDKs are loaded without what this program has no use for", async () => {
  const program = `
    require("@pulumi/pulumi/cmd/run/instrumentation");
    const { newSpan } = require("@pulumi/pulumi/cmd/run/tracing");
    newSpan("run").setAttribute("a", "b").end();
    require("@pulumi/pulumi/runtime/closure/v8Hooks").isInitializedAsync();
    const { apps } = require("@pulumi/kubernetes");
    const { exports } = require.cache[require.resolve("typescript")];
    const loaded = Object.values(require.cache).flatMap(({ filename }) => filename ?? []);
    console.log(JSON.stringify([require("node:util").types.isProxy(exports), typeof apps.v1.Deployment, loaded]));`;
  const [isProxy, type, loaded] = (await said(program, { TRACEPARENT: trace })) as [
    boolean,
    string,
    string[],
  ];
  expect([isProxy, type]).toEqual([true, "function"]);
  expect(loaded.filter((file) => unused.test(file))).toEqual([]);
});

const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

it("where traces are collected, this program's are, too", async () => {
  const program = "console.log(JSON.stringify(process.env.TRACEPARENT ?? 'none'))";
  expect(await said(program, { TRACEPARENT: trace })).toBe("none");
  const collected = { TRACEPARENT: trace, PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4317" };
  expect(await said(program, collected)).toBe(trace);
});

it("where somebody asks for the SDKs as they are, nothing is left out", async () => {
  const program = `
    const { log } = require("@pulumi/pulumi");
    const { types } = require("node:util");
    const { exports } = require.cache[require.resolve("typescript")];
    console.log(JSON.stringify([types.isProxy(exports), process.env.TRACEPARENT]));`;
  expect(await said(program, { TRACEPARENT: trace, DYNENV_DEBUG: "1" })).toEqual([false, trace]);
});

it("which is loaded once it is used", async () => {
  const program = `
    const { runtime } = require("@pulumi/pulumi");
    const { SyntaxKind, ...others } = require("typescript");
    const { LocalWorkspace } = require("@pulumi/pulumi").automation;
    const { helm, yaml } = require("@pulumi/kubernetes");
    const { start, newSpan } = require("@pulumi/pulumi/cmd/run/tracing");
    start("http://127.0.0.1:9/");
    const { spanContext } = newSpan("run");
    const used = [LocalWorkspace, helm.v3.Release, yaml.ConfigGroup, spanContext].map((one) => typeof one);
    const answer = 42;
    Promise.all([runtime.serializeFunction(() => answer), runtime.computeCodePaths()]).then(([{ text }, paths]) =>
      console.log(JSON.stringify([text.includes("answer: 42"), paths.size > 0, SyntaxKind.IfStatement > 0, others.version, ...used])));`;
  const classes = ["function", "function", "function", "function"];
  expect(await said(program)).toEqual([true, true, true, expect.stringMatching(/^\d+\./), ...classes]);
}, 30_000);
