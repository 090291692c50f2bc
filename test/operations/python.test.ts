// A program in Python, which has the components from the package's plugin.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kubectl, remains, shell } from "../integration/shell.ts";
import { standInOf } from "../integration/standIns.ts";
import { Consumer } from "./consumer.ts";
import { pythonHost } from "./languageHosts.ts";
import { commonSettings, ProgramStack } from "./programs.ts";

let folder = "";
let consumer: Consumer;
let python: ProgramStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-"));
  consumer = await Consumer.install(await pythonHost(folder));
  // One that has Node.
  const image = standInOf("weaveworksdemos/catalogue:0.3.5");
  python = new ProgramStack(consumer, "python", { ...(await commonSettings()), image });
  await python.create();
}, 600_000);

afterAll(async () => {
  await python.destroy();
  await consumer.remove();
  await rm(folder, { recursive: true, force: true });
});

test("a program in Python makes an environment that is ready, and removes it", async () => {
  const up = await python.up();
  expect(up.exitCode, up.output).toBe(0);
  const outputs = await python.output<{ namespace: string; services: Record<string, string> }>();
  expect(outputs).toMatchObject({
    namespace: python.namespace,
    services: { web: "web:80", api: "api:80" },
  });
  const page = ["exec", "-n", python.namespace, "deploy/web", "--", "node", "--eval"];
  const length = String((shell.CI_REGISTRY_PASSWORD ?? "").length);
  expect(
    await kubectl(...page, "fetch('http://localhost:8080/').then((page) => page.text()).then(console.log)"),
  ).toBe(`told by the api, with ${length} characters`);
  expect((await python.pulumi("stack", "export")).stdout).not.toContain(shell.CI_REGISTRY_PASSWORD);
  const again = await python.up("--expect-no-changes");
  expect(again.exitCode, again.output).toBe(0);
  const down = await python.destroy();
  expect(down.exitCode, down.output).toBe(0);
  expect(await remains()).toEqual([]);
}, 240_000);
