// What a new user sees who lacks something: one sentence with the next step, and nothing left.
import { chmod, chown, mkdir, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { remains, shell, uniqueName } from "../integration/shell.ts";
import { filesIn, inOddFolder, newUser, pathOf, tried } from "./newUser.ts";
import { checkOut, leftIn } from "./pipelineCheckout.ts";

/** What `cli/dynenv` itself calls. */
const shellPrograms = ["sh", "dirname", "readlink"];

/** Starts `command` by a shell that first does `preparation` in namespaces of its own, which end with it. */
const apart = (kinds: string[], preparation: string, ...command: string[]) =>
  ["unshare", [...kinds, "sh", "-c", `${preparation} && exec "$@"`, "-", ...command]] as const;

describe("without", () => {
  test("Go, what must be built is not", async () => {
    await inOddFolder(async (folder) => {
      const PATH = await pathOf(folder, [...shellPrograms, "git"]);
      const env = { ...newUser(folder), PATH, XDG_CACHE_HOME: join(folder, "cache") };
      const { exitCode, sentence } = await tried("cli/dynenv", ["env"], env);
      expect(sentence).toBe(
        "dynenv: tools must be built but Go is not on PATH: install Go 1.26 or later and try again",
      );
      expect(exitCode).toBe(3);
      expect(await filesIn(join(folder, "cache"))).toEqual([]);
    });
  });

  test("network, the sentence names what is out of reach", async () => {
    await inOddFolder(async (folder) => {
      const [file, args] = apart(["--net"], "true", "cli/dynenv", "env");
      const caches = { XDG_CACHE_HOME: join(folder, "cache"), GOMODCACHE: join(folder, "modules") };
      // One of them would do, and no more are wanted of a machine that is busy.
      const env = { ...newUser(folder), ...caches, GOFLAGS: "-modcacherw", DYNENV_TOOLS: "modules" };
      const { exitCode, output, sentence } = await tried(file, [...args], env);
      expect(exitCode, output).toBe(3);
      expect(sentence).toMatch(
        /^dynenv: go build in .* failed: .*; check the network and GOPROXY, then try again$/,
      );
      expect(await filesIn(join(folder, "cache", "dynenv"))).toEqual([]);
    });
  });

  test("git, branch and commit must be named", async () => {
    await inOddFolder(async (folder) => {
      const env = { ...newUser(folder), PATH: await pathOf(folder, shellPrograms) };
      const { exitCode, sentence } = await tried("cli/dynenv", ["run"], env);
      expect(sentence).toBe(
        "dynenv: branch and commit are unknown, since git is not on PATH: install it, or name both by --ref and --commit",
      );
      expect(exitCode).toBe(3);
    });
  });

  test("the rights to make a sandbox, as root of a container, the sentence says which it needs", async () => {
    await inOddFolder(async (folder) => {
      const args = ["--map-root-user", "cli/dynenv", "cluster", "up"];
      const { exitCode, output, sentence } = await tried("unshare", args, newUser(folder));
      expect(sentence, output).toMatch(
        /not make its sandbox \(.*\): start the container .* --privileged, or set KUBECONFIG/,
      );
      expect(exitCode).toBe(3);
    });
  });

  test("a free subnet, the sentence says which are taken", async () => {
    await inOddFolder(async (folder) => {
      const subnets = "$(seq 1 254)";
      const take = `for n in ${subnets}; do echo "route add unreachable 10.201.$n.0/24"; done | ip -batch -`;
      const [file, args] = apart(["--net"], take, "cli/dynenv", "cluster", "up");
      const { exitCode, output, sentence } = await tried(file, [...args], newUser(folder));
      expect(sentence, output).toMatch(
        /^dynenv: no free subnet: all of 10\.201\.1\.0\/24 to .*: remove one of these routes, or set KUBECONFIG/,
      );
      expect(exitCode).toBe(3);
    });
  });
});

describe("a folder that", () => {
  const mounted = (options: string, folder: string, ...command: string[]) =>
    apart(["--mount"], `mount -t tmpfs -o ${options} tmpfs "${folder}"`, ...command);

  test.each([
    [
      "is on a full disk",
      "XDG_STATE_HOME",
      "size=1m",
      ["cluster", "up"],
      /needs 2000 MB for its images, but .* has 1 MB left: free some, or set XDG_STATE_HOME/,
    ],
    [
      "is read-only",
      "XDG_CACHE_HOME",
      "ro",
      ["env"],
      /cannot be written \(E\w+: .*\): set XDG_CACHE_HOME to a folder that can$/,
    ],
  ] as const)("%s is named", async (_what, variable, options, command, sentence) => {
    const folder = "/mnt";
    const [file, args] = mounted(options, folder, "cli/dynenv", ...command);
    await inOddFolder(async (own) => {
      const ended = await tried(file, [...args], { ...newUser(own), [variable]: folder });
      expect(ended.sentence, ended.output).toMatch(sentence);
      expect(ended.exitCode).toBe(3);
    });
  });

  test("is none is refused for temporary files", async () => {
    await inOddFolder(async (folder) => {
      const { exitCode, sentence } = await tried("cli/dynenv", ["run"], {
        ...newUser(folder),
        TMPDIR: "/nowhere",
      });
      expect(sentence).toBe(
        'dynenv: TMPDIR is "/nowhere" but must be a folder that can be written, such as /tmp',
      );
      expect(exitCode).toBe(2);
    });
  });
});

describe("a name that means something to programs", () => {
  test.each([
    [
      "the cluster's folder",
      "XDG_STATE_HOME",
      '"here"',
      ["cluster", "up"],
      /folder .* must have no " in its name: set XDG_STATE_HOME/,
    ],
    [
      "the cache",
      "XDG_CACHE_HOME",
      "a:b",
      ["env"],
      /must have no colon in its path, .*: set XDG_CACHE_HOME to another/,
    ],
    [
      "the state",
      "XDG_STATE_HOME",
      "a:b",
      ["cluster", "up"],
      /must have no colon in its path, .*: set XDG_STATE_HOME to another/,
    ],
  ] as const)("is refused for %s", async (_what, variable, name, command, sentence) => {
    await inOddFolder(async (folder) => {
      const env = { ...newUser(folder), [variable]: join(folder, name) };
      const ended = await tried("cli/dynenv", [...command], env);
      expect(ended.sentence, ended.output).toMatch(sentence);
      expect(ended.exitCode).toBe(2);
    });
  });
});

describe("npm dependencies that are missing", () => {
  const offline = "echo npm error code EAI_AGAIN >&2; exit 1";
  const full = "echo npm error code 1; echo npm error ENOSPC: no space left on device, write >&2; exit 1";
  const other = "echo npm error code EUSAGE >&2; exit 1";

  test.each([
    ["an npm that is too old", "6.14.18", "", /npm 6\.14\.18 is too old: install Node 22 or later/],
    [
      "no network",
      "11.0.0",
      offline,
      /the npm registry is out of reach \(EAI_AGAIN\): check the network, .* try again$/,
    ],
    ["a full disk", "11.0.0", full, /no space is left for .*\/node_modules: free 1 GB and try again$/],
    ["any other reason", "11.0.0", other, /see npm's message above, then try again$/],
  ])("are told for %s", async (_what, version, installation, sentence) => {
    await inOddFolder(async (folder) => {
      const checkout = await checkOut(folder, "feature/first");
      await unlink(join(checkout.folder, "node_modules"));
      const bin = join(folder, "bin");
      await mkdir(bin);
      const npm = `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; exit; fi\n${installation}\n`;
      await writeFile(join(bin, "npm"), npm);
      await chmod(join(bin, "npm"), 0o755);
      const env = { ...newUser(folder), PATH: `${bin}:${process.env.PATH ?? ""}` };
      const ended = await tried("cli/dynenv", ["run"], env, checkout.folder);
      expect(ended.sentence, ended.output).toMatch(/^dynenv: npm dependencies could not be installed: /);
      expect(ended.sentence).toMatch(sentence);
      expect(ended.exitCode).toBe(3);
    });
  });
});

describe("a checkout", () => {
  const git = async (folder: string, ...args: string[]) => (await execa("git", args, { cwd: folder })).stdout;

  test.each([
    [
      "was downloaded",
      (folder: string) => rm(join(folder, ".git"), { recursive: true }),
      /is not a git repository: clone it instead/,
    ],
    [
      "has no commit",
      (folder: string) => git(folder, "checkout", "--quiet", "--orphan", "other"),
      /has no commit: make one/,
    ],
    [
      "belongs to another user",
      (folder: string) => chown(folder, 65534, 65534),
      /git does not trust .*: run `git config --global --add safe\.directory '/,
    ],
  ] as const)("that %s says why its commit is unknown", async (_what, change, reason) => {
    await inOddFolder(async (folder) => {
      const checkout = await checkOut(folder, "feature/first");
      await change(checkout.folder);
      const env = { ...newUser(folder), GIT_CEILING_DIRECTORIES: folder, GIT_CONFIG_GLOBAL: "/dev/null" };
      const { exitCode, output, sentence } = await tried("cli/dynenv", ["run"], env, checkout.folder);
      expect(sentence, output).toMatch(reason);
      expect(sentence).toMatch(
        /^dynenv: branch and commit are unknown, since .*, or name both by --ref and --commit$/,
      );
      expect(exitCode).toBe(2);
    });
  });

  test("that is detached and changed says so, in a shallow clone, too", async () => {
    await inOddFolder(async (folder) => {
      const { folder: origin, commit } = await checkOut(folder, "feature/first");
      const clone = join(folder, "shallow");
      await git(folder, "clone", "--quiet", "--depth=1", `file://${encodeURI(origin)}`, clone);
      await git(clone, "checkout", "--quiet", "--detach");
      await writeFile(join(clone, "new"), "");
      // Nobody but root can start the cluster that it would go on with.
      const { exitCode, output } = await tried(
        "unshare",
        ["--user", "cli/dynenv", "run"],
        newUser(folder),
        clone,
      );
      expect(output).toMatch(
        new RegExp(
          `environment env-head-\\w+ for HEAD \\(no branch is checked out\\) at ${commit.slice(0, 12)} with changes that are not committed`,
        ),
      );
      expect(exitCode).toBe(3);
    });
  });

  test("whose path has spaces, quotes and other letters gives a shell its variables", async () => {
    await inOddFolder(async (folder) => {
      const checkout = await checkOut(join(folder, '"quoted"'), "feature/first");
      const script = 'eval "$(cli/dynenv env)" && pulumi version && [ -d "${PULUMI_BACKEND_URL#file://}" ]';
      const { exitCode, output } = await tried("sh", ["-ec", script], newUser(folder), checkout.folder);
      expect(exitCode, output).toBe(0);
      expect(await leftIn(checkout)).toBe("");
    });
  });
});

describe("a Dockerfile", () => {
  const base = "ARG BASE\nFROM ${BASE}\n";
  const cases: [string, string | undefined, number, RegExp][] = [
    [
      "whose command fails",
      `${base}RUN (echo before; echo why) >&2; exit 7\n`,
      1,
      /Dockerfile failed at (step [23]\/[23] \(RUN .*\)|line 3): before; why \(.*code: 7\)$/,
    ],
    ["with a word that there is not", `${base}RUNN true\n`, 1, /Dockerfile failed.* line 3: .*RUNN/],
    [
      "that copies what is missing",
      `${base}COPY nothing /\n`,
      1,
      /Dockerfile failed at (step [23]\/[23] \(COPY .*\)|line 3): .*nothing/,
    ],
    [
      "that is missing",
      undefined,
      2,
      /build of service "deals" has no Dockerfile ".*": name the folder that has it, relative to the program, such as "\.\.\/api"$/,
    ],
  ];

  test("that does not build is told with its line, or its step and what it printed, and nothing is left", async () => {
    await inOddFolder(async (folder) => {
      const checkout = (await checkOut(folder, "feature/first")).folder;
      const trials = cases.map(async ([, dockerfile, exitCode, sentence], index) => {
        const context = String(index);
        await mkdir(join(checkout, context));
        if (dockerfile !== undefined) await writeFile(join(checkout, context, "Dockerfile"), dockerfile);
        const args = ["run", "--ref", uniqueName(context), "--config", `example:context=${context}`];
        const ended = await tried("cli/dynenv", args, { ...process.env, ...shell }, checkout);
        expect(ended.sentence, ended.output).toMatch(sentence);
        expect(ended.exitCode).toBe(exitCode);
      });
      await Promise.all(trials);
    });
    expect(await remains()).toEqual([]);
  }, 60_000);
});
