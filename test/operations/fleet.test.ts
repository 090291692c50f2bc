import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namespaceName } from "../../components/model/rules/names.ts";
import type { Fact } from "../../cli/fleet/facts.ts";
import {
  backendFolder,
  dynenv,
  kubectl,
  kubectlApply,
  pulumi,
  stacks,
  uniqueName,
} from "../integration/shell.ts";
import { markerOf } from "../../cli/forge/marker.ts";
import { ForgeStandIn } from "../unit/forgeStandIn.ts";
import { whileLocked } from "./whileLocked.ts";
import { bareRepository, commitTo, deleteBranch } from "./remote.ts";

const project = uniqueName("shop/fleet");
const name = (what: string) => uniqueName(`fleet-${what}`);
const names = {
  ...{ live: name("live"), pinned: name("pinned"), short: name("short"), orphaned: name("orphaned") },
  ...{ forked: name("forked"), stateless: name("stateless"), lonely: name("lonely"), edited: name("edited") },
  ...{
    other: name("other"),
    unmarked: name("unmarked"),
    foreign: name("foreign"),
    stuck: name("stuck"),
    next: name("next"),
  },
};
/** What anybody who may create a namespace can write. */
const hostile = ["..", "../../../tmp/victim", "a\n::error::b", "x".repeat(200), "-a", "a-image"];
const hostileNames = hostile.map(namespaceName);
let folder = "";
let remote = "";

/** A namespace as a stack marks it. */
const namespace = (stack: string, marks: Record<string, string> = {}, labels?: object) => {
  const all = { project, ref: "main", commit: "9dff06f0123", stack, ttl: "24h", trust: "trusted", ...marks };
  const annotations = Object.fromEntries(Object.entries(all).map(([key, value]) => [`dynenv/${key}`, value]));
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespaceName(stack),
      labels: labels ?? { "app.kubernetes.io/part-of": "dynenv" },
      annotations,
    },
  };
};

const fleet = (...args: string[]) => dynenv([...args, "--project", project, "--remote", remote]);

async function list(): Promise<Record<string, Fact>> {
  const { exitCode, stdout, output } = await fleet("list", "--json");
  expect(exitCode, output).toBe(0);
  const facts = JSON.parse(stdout) as Fact[];
  return Object.fromEntries(facts.map((fact) => [fact.stack ?? fact.namespace ?? "", fact]));
}

const verdictsOf = (facts: Record<string, Fact>, of: string[]) => of.map((stack) => facts[stack]?.verdict);

/** Names of those of the fleet that are there, as cluster and backend have them. */
async function there(): Promise<{ namespaces: string[]; stacks: string[] }> {
  const found = (await kubectl("get", "namespaces", "-o", "name"))
    .split("\n")
    .map((line) => line.replace("namespace/", ""));
  const known = await stacks();
  const all = Object.entries(names);
  return {
    namespaces: all.filter(([, stack]) => found.includes(namespaceName(stack))).map(([what]) => what),
    stacks: all.filter(([, stack]) => known.includes(stack)).map(([what]) => what),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dynenv-fleet-"));
  remote = join(folder, "remote.git");
  await bareRepository(remote);
  await commitTo(remote, "main", "feature/kept");
  await kubectlApply(
    ...[namespace(names.live), namespace(names.pinned, { pinned: "demo, Ada", ttl: "1m" })],
    ...[
      namespace(names.short, { ttl: "1m" }),
      namespace(names.orphaned, { ref: "feature/kept", mergeRequest: "12" }),
    ],
    ...[
      namespace(names.forked, { ref: "somebody/deals:gone", ttl: "2h" }),
      namespace(names.stateless, { ttl: "1m" }),
    ],
    ...[
      namespace(names.edited, { ttl: "soon" }),
      namespace(names.other, { project: "shop/other", ttl: "1m" }),
    ],
    ...[namespace(names.unmarked, { stack: "another" }), namespace(names.foreign, { ttl: "1m" }, {})],
    ...[namespace(names.stuck, { ttl: "1m" }), namespace(names.next, { ttl: "1m" })],
    ...hostile.map((stack) => namespace(stack, { ttl: "1m" })),
  );
  const { stateless, unmarked, ...withStack } = names;
  for (const stack of Object.values(withStack))
    expect((await pulumi(["stack", "init", stack])).exitCode).toBe(0);
  expect([stateless, unmarked]).toHaveLength(2);
});

afterAll(async () => {
  const all = Object.values(names);
  await kubectl("delete", "namespaces", "--ignore-not-found", ...all.map(namespaceName), ...hostileNames);
  for (const stack of all) await pulumi(["stack", "rm", "--yes", "--remove-backups", stack]);
  await rm(folder, { recursive: true });
});

describe("dynenv list", () => {
  it("says of each environment what it is and why", async () => {
    await deleteBranch(remote, "feature/kept");
    const facts = await list();
    const said = Object.fromEntries(
      Object.entries(names).map(([what, stack]) => [what, facts[stack]?.verdict]),
    );
    expect(said).toEqual({
      ...{ live: "live", pinned: "pinned", short: said.short, orphaned: "orphaned", forked: "live" },
      ...{ stateless: "stateless", lonely: "empty", edited: "unclear", other: "unclear" },
      ...{ unmarked: undefined, foreign: "empty", stuck: said.stuck, next: said.next },
    });
    for (const verdict of [said.short, said.stuck, said.next]) expect(["live", "expired"]).toContain(verdict);
    expect(facts[names.live]).toMatchObject({
      ...{
        namespace: namespaceName(names.live),
        project,
        ref: "main",
        commit: "9dff06f0123",
        reason: "main exists",
      },
    });
    expect(facts[names.forked]?.reason).toMatch(/is of a fork, whose branches are not asked for$/);
    expect(facts.another).toMatchObject({ namespace: namespaceName(names.unmarked), verdict: "unclear" });
  });

  it("prints one line for each", async () => {
    const { stdout } = await fleet("list");
    const lines = stdout.trimEnd().split("\n");
    // Environments of other tests are there, too.
    for (const stack of Object.values(names).filter((each) => each !== names.unmarked))
      expect(lines.filter((line) => line.startsWith(`${stack} `))).toHaveLength(1);
    expect(lines.find((line) => line.startsWith(names.live))).toMatch(
      / main +9dff06f0 +\S+Z +- +\S+Z +live +main exists$/,
    );
  });

  it.each([
    [
      "cannot be reached",
      "/nowhere.git",
      /git cannot ask \/nowhere\.git for its branches: .*: nothing is called orphaned/,
    ],
    ["is empty", "empty.git", /empty\.git has no branches at all: nothing is called orphaned/],
    [
      "needs a login that is wrong",
      "https://ada:secret@127.0.0.1:1/x.git",
      /git cannot ask https:\/\/\*\*\*@127\.0\.0\.1:1\/x\.git /,
    ],
  ])("calls nothing orphaned where the remote %s, and says so", async (_what, where, said) => {
    await bareRepository(join(folder, "empty.git"));
    const url = where === "empty.git" ? join(folder, where) : where;
    const { exitCode, output } = await dynenv(["list", "--project", project, "--remote", url]);
    expect(exitCode).toBe(0);
    expect(output).toMatch(said);
    expect(output).not.toMatch(/ orphaned +\S/);
    expect(output).not.toContain("secret");
  });
});

describe("namespaces whose marks have no form", () => {
  it("are unclear, and told without harm to the log", async () => {
    const facts = await list();
    expect(verdictsOf(facts, hostileNames)).toEqual(hostile.map(() => "unclear"));
    expect(facts[names.live]?.verdict).toBe("live");
    const { output } = await fleet("list");
    expect(output).not.toMatch(/^::error::/m);
  });

  it("do not take another stack with them that is called like the stack of an image", async () => {
    const stack = name("login");
    const live = `${stack}-image`;
    for (const each of [stack, live]) expect((await pulumi(["stack", "init", each])).exitCode).toBe(0);
    const type = "kubernetes:core/v1:Namespace";
    const urn = `urn:pulumi:${live}::dynenv::${type}::live`;
    const resource = { urn, type, custom: true, id: "live", outputs: { metadata: { name: "live" } } };
    const file = join(folder, "state.json");
    await writeFile(file, JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
    expect((await pulumi(["stack", "import", "--force", "--file", file, "--stack", live])).exitCode).toBe(0);
    const { exitCode, output } = await dynenv(["down", "--stack", stack]);
    expect(exitCode, output).toBe(0);
    expect(output).toContain(`stack ${live} holds one resource`);
    expect(await stacks()).toContain(live);
    expect(await stacks()).not.toContain(stack);
    expect((await list())[stack]).toMatchObject({
      verdict: "unclear",
      reason: expect.stringContaining(`stack ${live} holds one resource`) as string,
    });
    await pulumi(["stack", "rm", "--yes", "--force", "--stack", live]);
  });

  it.each(["..", ".", "-a", "a-image"])("are refused as --stack=%s", async (stack) => {
    const { exitCode, output } = await dynenv(["down", `--stack=${stack}`]);
    expect(exitCode, output).toBe(2);
    expect(output).toContain("--stack is ");
  });
});

describe("dynenv reap", () => {
  it("removes nothing without --yes", async () => {
    const before = await there();
    const { exitCode, output } = await fleet("reap");
    expect(exitCode).toBe(0);
    expect(output).toContain(`would remove ${names.orphaned}: orphaned`);
    expect(output).toContain("this was a dry run");
    expect(await there()).toEqual(before);
  });

  it("removes what is over or orphaned, no more at a time than it may, and nothing else", async () => {
    const overs = [names.short, names.stuck, names.next];
    const facts = await list();
    const ends = overs.map((stack) => new Date(facts[stack]?.expires ?? "").getTime());
    await setTimeout(Math.max(...ends) - Date.now() + 1000);
    expect(verdictsOf(await list(), overs)).toEqual(["expired", "expired", "expired"]);
    for (const stack of [names.stuck, names.next])
      await kubectl("annotate", "namespace", namespaceName(stack), "dynenv/pinned=for now");
    const before = await there();
    const first = await fleet("reap", "--yes", "--max", "1", "--json");
    expect(first.exitCode, first.output).toBe(0);
    expect((await there()).namespaces).toHaveLength(before.namespaces.length - 1);
    const gitlab = await ForgeStandIn.start("GitLab");
    gitlab.write(markerOf({ project, stack: names.orphaned }), "self");
    const args = ["reap", "--yes", "--project", project, "--remote", remote];
    const second = await dynenv(args, gitlab.variables);
    gitlab.stop();
    expect(second.exitCode, second.output).toBe(0);
    expect(gitlab.comments[0]?.body).toContain("**The environment was removed** at ");
    const gone = ["short", "orphaned", "stateless"];
    const rest = (all: string[]) => all.filter((what) => !gone.includes(what));
    expect(await there()).toEqual({ namespaces: rest(before.namespaces), stacks: rest(before.stacks) });
    // Nor did those stop it whose marks lead elsewhere; they are all there.
    await kubectl("get", "namespaces", ...hostileNames);
  }, 180_000);

  it("gives way when an environment is kept while its stack is locked", async () => {
    const { stuck } = names;
    await kubectl("annotate", "namespace", namespaceName(stuck), "dynenv/pinned-");
    const args = ["reap", "--yes", "--project", project, "--remote", remote];
    const { exitCode, output } = await whileLocked(stuck, args, async () => {
      await kubectl("annotate", "namespace", namespaceName(stuck), "dynenv/pinned=Ada");
    });
    expect(exitCode, output).toBe(0);
    expect(output).toContain(`${stuck}: kept, since its namespace or its marks changed in the meantime`);
    expect((await there()).namespaces).toContain("stuck");
  });

  it("goes on after one that cannot be removed, and tells of it at the end", async () => {
    const { stuck, next } = names;
    const file = join(backendFolder, ".pulumi", "stacks", "dynenv", `${stuck}.json`);
    const state = await readFile(file, "utf8");
    await writeFile(file, "nonsense");
    for (const stack of [stuck, next])
      await kubectl("annotate", "namespace", namespaceName(stack), "dynenv/pinned-");
    const { exitCode, output } = await fleet("reap", "--yes");
    await writeFile(file, state);
    expect(exitCode, output).toBe(1);
    expect(output).toMatch(
      new RegExp(
        `not removed: ${stuck} \\(stack ${stuck} cannot be read: .*\\); the next sweep tries again$`,
      ),
    );
    const { namespaces } = await there();
    expect(namespaces).toContain("stuck");
    expect(namespaces).not.toContain("next");
  });

  it.each([
    ["--max", "ten"],
    ["--max", "-1"],
  ])("refuses %s %s", async (option, value) => {
    const { exitCode, output } = await fleet("reap", option, value);
    expect(exitCode).toBe(2);
    expect(output).toContain("must be a whole number");
  });
});
