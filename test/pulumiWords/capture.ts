/*
 * Writes down what the Pulumi CLI says of operations that go well and badly, for test/unit/pulumiWords.test.ts. Run it after
 * a bump of Pulumi and look at what has changed:
 *
 *   eval "$(./cli/dynenv env)" && node test/pulumiWords/capture.ts
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../foundation/folders.ts";
import { captured, version, type Captured } from "./captured.ts";

const folder = await mkdtemp(join(tmpdir(), "words-"));
const backend = `file://${folder}/backend`;
const name = "env-words";

/** A program with a namespace, a component with a ConfigMap, and what else is given. */
const program = (more = "") => `
const { core } = require("@pulumi/kubernetes");
const space = new core.v1.Namespace("space", { metadata: { name: "${name}" } });
const namespace = space.metadata.name;
const { ComponentResource } = require("@pulumi/pulumi");
const parent = new ComponentResource("words:index:Part", "part");
const { NAME: name, LABEL: a } = process.env;
new core.v1.ConfigMap("settings", { metadata: { name, namespace, labels: { a } } }, { parent });
parent.registerOutputs();
${more}`;
const refused = `new core.v1.ConfigMap("refused", { metadata: { name: "Wrong_Name", namespace } });`;
const late = `new core.v1.Pod("late", {
  metadata: { name: "late", namespace, annotations: { "pulumi.com/timeoutSeconds": "1" } },
  spec: { nodeSelector: { there: "none" }, containers: [{ name: "late", image: "none" }] },
});`;
const thrown = `throw new TypeError("no deals\\ntoday");`;

/** Runs Pulumi on a program. @returns what it prints, without paths and what is different each time. */
async function said(
  source: string,
  args: string[],
  env: { NAME: string; LABEL: string } = { NAME: "one", LABEL: "1" },
): Promise<Captured> {
  await writeFile(join(folder, "index.js"), source);
  const all = [...args, "--yes", "--skip-preview", "--json", "--non-interactive", "--color", "never"];
  const { stdout, stderr, exitCode = -1 } = await pulumi(all, env);
  const events = stdout.split("\n").filter((line) => !/"severity":"(warning|debug)"/.test(line));
  return {
    exitCode,
    stdout: events.map(cleaned),
    stderr: stderr.split("\n").map(cleaned).filter(isOfCommand),
  };
}

function pulumi(args: string[], env: Record<string, string> = {}) {
  const own = { PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE: "words", ...env };
  return execa("pulumi", args, { cwd: folder, env: own, reject: false });
}

const cleaned = (line: string) => line.replaceAll(folder, "/words").replaceAll(projectRoot, "/dynenv");
const isOfCommand = (line: string) => !line.startsWith("warning: using ");

/** A lock as a process on another machine takes it. */
async function lock(): Promise<void> {
  const locks = join(folder, "backend", ".pulumi", "locks", "organization", "words", "words");
  await mkdir(locks, { recursive: true });
  const owner = { pid: 1, username: "ada", hostname: "elsewhere", timestamp: "2026-11-21T18:00:00Z" };
  await writeFile(join(locks, "lock.json"), JSON.stringify(owner));
}

try {
  await symlink(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  await mkdir(join(folder, "backend"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: words\nruntime: nodejs\n");
  await pulumi(["stack", "init", "thrown"]);
  await pulumi(["stack", "init", "words"]);
  const all = {
    create: await said(program(), ["up"]),
    update: await said(program(), ["up"], { NAME: "one", LABEL: "2" }),
    replace: await said(program(), ["up"], { NAME: "two", LABEL: "2" }),
    refused: await said(program(refused), ["up"], { NAME: "two", LABEL: "2" }),
    late: await said(program(late), ["up"], { NAME: "two", LABEL: "2" }),
    exception: await said(thrown, ["up", "--stack", "thrown"]),
    destroy: await said(program(), ["destroy"]),
    missing: await said(program(), ["up", "--stack", "missing"]),
    locked: await lock().then(() => said(program(), ["up"])),
  };
  for (const [what, one] of Object.entries(all))
    await writeFile(captured(what), `${JSON.stringify({ version, ...one }, null, 2)}\n`);
} finally {
  await execa("kubectl", ["delete", "namespace", name, "--ignore-not-found"]);
  await rm(folder, { recursive: true });
}
