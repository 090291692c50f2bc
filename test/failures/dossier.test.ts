import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namespaceName } from "../../components/model/rules/names.ts";
import { dynenv, kubectl, uniqueName, type Ended } from "../integration/shell.ts";
import { brokenEnvironment } from "./brokenEnvironment.ts";
import { create, remove } from "./objects.ts";
import { node, within } from "./scenarios/scenario.ts";

const stack = uniqueName("dossier");
const namespace = namespaceName(stack);
const key = [
  "-----BEGIN KEY-----",
  "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aYTu",
  "-----END KEY-----",
  "",
].join("\n");
const secrets = {
  password: 'canary "pass/word\\ +&%',
  token: "canary-token-9f3b2c7d1e",
  key,
  config: JSON.stringify({ auths: { registry: { username: "ci", password: "canary-registry-77aa" } } }),
};
/** In which forms the application shows its secrets before it ends; after them comes what no terminal should get. */
const program = `
  const forms = (text) => [
    text, JSON.stringify({ text }), JSON.stringify(JSON.stringify({ text })), encodeURIComponent(text),
    Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64'), btoa(':' + text), btoa('::' + text)];
  const line = 'line of a flood\\n'.repeat(1000);
  const flood = (left) => left === 0 ? end() : process.stdout.write(line, () => flood(left - 1));
  flood(Math.ceil(1e8 / line.length));
  function end() {
    console.log(Buffer.from([0, 1, 2, 27, 91, 51, 49, 109, 255, 254]).toString('latin1'));
    for (const name of ['password', 'token', 'key', 'config'])
      for (const form of forms(process.env['SECRET_' + name])) console.log(form);
    console.log('Error: the login with ' + process.env.SECRET_token + ' was refused');
    process.exit(1);
  }`;
const valueFrom = (name: string) => ({ secretKeyRef: { name: "canaries", key: name } });
const objects = brokenEnvironment(
  {
    ...{ cause: "crash-loop", what: "an application that shows its secrets" },
    container: {
      command: node(program),
      env: [
        {},
        ...Object.keys(secrets).map((name) => ({ name: `SECRET_${name}`, valueFrom: valueFrom(name) })),
      ],
    },
    before: (home) => [within(home, "v1", "Secret", "canaries", { stringData: secrets })],
  },
  namespace,
);
let folder = "";
let ended: Ended;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dossier-"));
  await create(objects);
  const app = ["pod", "-l", "app.kubernetes.io/name=app", "-n", namespace];
  await kubectl(
    "wait",
    ...app,
    "--for=jsonpath={.status.containerStatuses[0].restartCount}=2",
    "--timeout=120s",
  );
  ended = await dynenv(["diagnose", "--stack", stack, "--dossier", join(folder, "dossier.tar.gz"), "--json"]);
  await extract({ file: join(folder, "dossier.tar.gz"), cwd: folder });
}, 180_000);

afterAll(async () => {
  await remove(objects);
  await rm(folder, { recursive: true, force: true });
});

async function written(): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".gz"));
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map(async (path) => [path, await readFile(path, "utf8")] as const));
  return Object.fromEntries(texts.map(([path, text]) => [path.slice(folder.length + 1), text]));
}

describe("the dossier of an application that shows its secrets", () => {
  it("comes with the cause as data and as the last line", () => {
    expect(ended.exitCode, ended.output).toBe(1);
    const { cause, error } = JSON.parse(ended.stdout) as { cause: object; error: string };
    expect(cause).toMatchObject({ cause: "crash-loop", service: "app", others: [] });
    expect(error).toBe(
      "app keeps crashing (exit code 1: Error: the login with *** was refused); read its last lines above, and correct what they name",
    );
    expect(ended.output).toContain(`dynenv: ${error}`);
  });

  it("has objects, events, logs and a summary", async () => {
    const names = Object.keys(await written()).map((name) => name.replace(/app-\w+-\w+/, "app"));
    const expected = ["summary.md", "events.txt", "objects/pods.json", "logs/app.app.previous.log"];
    expect(names).toEqual(expect.arrayContaining(expected));
  });

  it("shows no secret, in whatever form, nor do the lines that were printed", async () => {
    const all = { ...(await written()), output: ended.output };
    const canaries = [
      ...Object.values(secrets).flatMap((secret) => secret.split("\n").filter((line) => line.length > 5)),
      "canary-registry-77aa",
    ];
    const forms = canaries.flatMap((text) => [
      ...[
        text,
        JSON.stringify(text).slice(1, -1),
        encodeURIComponent(text),
        Buffer.from(text).toString("hex"),
      ],
      // What is the same at each offset of a longer text.
      ...["", ":", "::"].map((prefix) => btoa(prefix + text).slice(prefix.length === 0 ? 0 : 4, -4)),
    ]);
    for (const [name, text] of Object.entries(all))
      for (const form of forms) expect(text.includes(form), `${name} shows ${form}`).toBe(false);
  });

  it("is bounded, and has nothing that a terminal would act upon", async () => {
    const all = await written();
    const logs = Object.keys(all).filter((name) => name.startsWith("logs/app"));
    expect(logs.length).toBeGreaterThan(0);
    for (const name of logs) expect((await stat(join(folder, name))).size).toBeLessThan(300_000);
    for (const [name, text] of [...Object.entries(all), ["output", ended.output] as const])
      expect(/[^\P{Cc}\n\r\t]/u.test(text), name).toBe(false);
  });
});
