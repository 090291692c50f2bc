import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { main } from "../../cli/main.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { kubeconfig } from "../unit/apiServer.ts";
import { anyWord, mostly } from "./hostile.ts";
import { isGoodEnd, type Ended } from "./outcome.ts";
import { isLong, share, timeLimit } from "./seed.ts";
import { writtenElsewhere } from "./trace.ts";

const root = mkdtempSync(join(tmpdir(), "dynenv-"));
const folders = Object.fromEntries(
  ["home", "state", "cache", "tmp", "empty"].map((name) => [name, join(root, name)]),
) as Record<"home" | "state" | "cache" | "tmp" | "empty", string>;

/** Where no cluster answers and no Pulumi is found: each command ends early, wherever it gets to. */
const usual: Record<string, string> = {
  ...{
    HOME: folders.home,
    XDG_STATE_HOME: folders.state,
    XDG_CACHE_HOME: folders.cache,
    TMPDIR: folders.tmp,
  },
  ...{
    PATH: "/usr/bin:/bin",
    DYNENV_TOOLS: "path",
    DYNENV_REF: "main",
    DYNENV_COMMIT: "9dff06f".padEnd(40, "0"),
  },
};

const file = join(folders.home, "config");
const variables = fc.record(
  {
    ...{
      KUBECONFIG: mostly(file, `${file}:missing`),
      KUBE_CONTEXT: mostly("own"),
      KUBE_URL: mostly("https://127.0.0.1:9"),
    },
    ...{
      KUBE_TOKEN: mostly("token\n"),
      DYNENV_PROJECT: mostly("shop/deals"),
      DYNENV_REF: mostly("main", "x:y"),
    },
    ...{
      DYNENV_COMMIT: mostly("9dff06f".padEnd(40, "0")),
      DYNENV_SCOPE: mostly("commit", "run", "branch"),
      DYNENV_RUN: mostly("1"),
    },
    ...{
      DYNENV_TOOLS: mostly("path"),
      GITHUB_ACTIONS: mostly("true"),
      GITHUB_EVENT_PATH: mostly("/dev/null"),
    },
    ...{
      CI: mostly("true"),
      CI_PROJECT_PATH: mostly("a/b"),
      CI_COMMIT_REF_NAME: mostly("main"),
      CI_PIPELINE_ID: mostly("7"),
    },
    ...{
      PULUMI_BACKEND_URL: mostly("file:///nowhere"),
      CI_REGISTRY_IMAGE: mostly("r.example/x"),
      NO_COLOR: mostly("1"),
    },
    ...{
      GITLAB_TOKEN: mostly("glpat-0123456789"),
      CI_API_V4_URL: mostly("http://127.0.0.1:9/api/v4"),
      CI_PROJECT_ID: mostly("34"),
      CI_MERGE_REQUEST_IID: mostly("12"),
    },
    ...{ HTTPS_PROXY: mostly("http://127.0.0.1:9"), NO_PROXY: mostly("10.0.0.0/8,.example.com") },
  },
  { requiredKeys: [] },
);

const option = fc.oneof(
  fc.tuple(fc.constant("--stack"), mostly("feature-login", "a.b")),
  fc.tuple(fc.constant("--ref"), mostly("main")),
  fc.tuple(fc.constant("--commit"), mostly("9dff06f".padEnd(40, "0"))),
  fc.tuple(fc.constant("--scope"), mostly("commit", "run", "branch")),
  fc.tuple(fc.constant("--context"), mostly("own")),
  fc.tuple(fc.constantFrom("--json", "--check", "--help", "--yes", "--allow-drop")),
  fc.tuple(fc.constant("--max"), mostly("10")),
  fc.tuple(fc.constant("--keep-failed"), mostly("30m")),
  fc.tuple(anyWord),
);
const command = fc.constantFrom(
  ...["up", "down", "test", "start", "diagnose", "list", "reap", "env"],
  ...["logs", "exec", "open", "report"],
);
const words = fc
  .tuple(
    fc.oneof({ weight: 12, arbitrary: command }, { weight: 1, arbitrary: anyWord }),
    fc.array(option, { maxLength: 3 }),
  )
  .map(([name, options]) => [name, ...options.flat()])
  // These would start or end a cluster, or begin with it.
  .filter(([name = ""]) => !["run", "cluster"].includes(name));
const cases = fc.record({ words, variables });

let before: string[];

beforeAll(() => {
  for (const folder of Object.values(folders)) mkdirSync(folder);
  writeFileSync(file, kubeconfig("https://127.0.0.1:9"));
  before = snapshot();
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** What test/alone makes in the checkout at the same time. */
const ofOthers = /^Pulumi\.alone-[0-9a-f]{8}\.yaml$/;

/** What is where nothing may be written: the checkout, the home and the working folder. */
function snapshot(): string[] {
  const listed = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !["node_modules", ".git"].includes(name) && !ofOthers.test(name))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? [path, ...listed(path)] : [`${path} ${String(statSync(path).mtimeMs)}`];
      });
  return [projectRoot, folders.home, folders.empty].flatMap(listed);
}

/** Runs a command in this process, with nothing in its environment but what it is given. */
async function inProcess({
  words,
  variables,
}: {
  words: string[];
  variables: Record<string, string>;
}): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text, encoding?: unknown, done?: unknown) => {
      written[name] += String(text);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") (callback as () => void)();
      return true;
    }),
  );
  const environment = { ...process.env };
  const exchange = (next: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, next);
  };
  exchange({ ...usual, ...variables });
  try {
    return { exitCode: await main(words), ...written };
  } finally {
    exchange(environment);
    for (const spy of spies) spy.mockRestore();
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    rmSync(join(folders.state, "dynenv", "kubeconfigs"), { recursive: true, force: true });
  }
}

it("every command ends well, or with one line and the right exit code", { timeout: timeLimit }, async () => {
  const folder = process.cwd();
  process.chdir(folders.empty);
  try {
    // What loading the commands takes is no hang.
    await inProcess({ words: ["--help"], variables: {} });
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const begin = performance.now();
        isGoodEnd(await inProcess(one));
        expect(performance.now() - begin).toBeLessThan(10_000);
      }),
      share(0.1),
    );
  } finally {
    process.chdir(folder);
  }
  expect(snapshot()).toEqual(before);
});

/** Whether the kernel hands it to a process: it takes texts of at most 128 KiB, and none with a zero byte. */
function isForProcesses({
  words,
  variables,
}: {
  words: string[];
  variables: Record<string, string>;
}): boolean {
  const texts = [...words, ...Object.entries(variables).map((variable) => variable.join("="))];
  return texts.every((text) => Buffer.byteLength(text) < 128 * 1024 && !text.includes("\0"));
}

const strace = "/usr/bin/strace";
const isTraced = isLong && existsSync(strace);

it("100 of them end so as processes, and write nothing elsewhere", { timeout: timeLimit }, async () => {
  const dynenv = join(projectRoot, "cli", "dynenv");
  const sample = fc.sample(cases.filter(isForProcesses), 100);
  const left = sample.values();
  const lane = async (number: number) => {
    for (const { words, variables } of left) {
      const trace = join(root, `trace-${String(number)}`);
      const calls =
        "trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate";
      const traced = ["-f", "-qq", "-o", trace, "-e", calls, dynenv, ...words];
      const { exitCode, stdout, stderr } = await execa(
        isTraced ? strace : dynenv,
        isTraced ? traced : words,
        {
          ...{
            cwd: folders.empty,
            env: { ...usual, ...variables },
            extendEnv: false,
            reject: false,
            timeout: 60_000,
          },
          stripFinalNewline: false,
        },
      );
      try {
        isGoodEnd({ exitCode, stdout, stderr });
        if (isTraced)
          expect(
            writtenElsewhere(trace, [folders.state, folders.cache, folders.tmp, "/dev", "/proc"]),
          ).toEqual([]);
      } catch (error) {
        throw new Error(`dynenv ${JSON.stringify({ words, variables, exitCode, stderr }).slice(0, 2000)}`, {
          cause: error,
        });
      }
    }
  };
  await Promise.all([1, 2].map(lane));
  expect(snapshot()).toEqual(before);
});
