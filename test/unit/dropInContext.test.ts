import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hashContext } from "../../local/plugins/contextHash.ts";
import { withDockerConfig } from "../../local/plugins/dockerConfig.ts";
import { Dockerignore } from "../../foundation/dockerignore.ts";
import { fileProblems } from "../../local/plugins/imageInputs.ts";

import "./seed.ts";

const reasons = (problems: { reason: string }[]): string[] => problems.map(({ reason }) => reason);

const asPattern: Record<string, string> = {
  "*": "[^/]*",
  "?": "[^/]",
  ".": "\\.",
};

describe(".dockerignore", () => {
  it.each([
    ["*.log", "a.log", true],
    ["*.log", "sub/a.log", false],
    ["**/*.log", "sub/deep/a.log", true],
    ["**/*.log", "a.log", true],
    ["/node_modules/", "node_modules/x/y.js", true],
    ["node_modules", "sub/node_modules", false],
    ["a?c", "abc", true],
    ["[ab].txt", "b.txt", true],
    ["dist/**", "dist/a/b", true],
    ["# *", "a", false],
    ["a.b", "axb", false],
    [".git", ".gitignore", false],
    ["*\n!keep", "keep", false],
    ["docs\n!docs/keep.md", "docs/keep.md", false],
    ["!keep\n*", "keep", true],
    ["", "a", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/b", "a/xb", false],
    ["**", "a", true],
    ["a**b", "a/x/b", true],
    ["a**b", "axb", false],
    ["**b", "axb", true],
    ["**b?", "axbc", false],
    ["**/a", "xa", false],
    ["[^a]x", "bx", true],
    ["[^a]x", "ax", false],
    ["[a-c]", "b", true],
    ["[]-]", "-", true],
    ["[\\]]", "]", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a?b", "aéb", true],
    ["\uFEFFa", "a", true],
  ])("%j: %s is ignored: %s", (text, path, ignored) => {
    expect(new Dockerignore(text).ignores(path)).toBe(ignored);
  });

  it.each(["[z-a]*", "[a", "a\\", "[", "[^]"])("with the line %j is refused as Docker refuses it", (line) => {
    expect(() => new Dockerignore(`a\n${line}`)).toThrow(
      /^line 2 of \.dockerignore, ".*", is not a pattern: /,
    );
  });

  it("takes no longer for a pattern with many stars", () => {
    const begun = performance.now();
    const ignore = new Dockerignore(`${"*a".repeat(200)}b\n${"**/".repeat(100)}x\n${"**a".repeat(100)}b`);
    expect(ignore.ignores(`${"a".repeat(400)}/${"a/".repeat(50)}c`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it("agrees with the regular expressions that Docker makes of patterns", () => {
    const parts = fc.constantFrom("a", "b", ".", "/", "*", "**", "**/", "?", "[ab]", "[^a]");
    const pattern = fc.array(parts, { minLength: 1, maxLength: 7 }).map((all) => all.join(""));
    const path = fc.string({ unit: fc.constantFrom("a", "b", ".", "/"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pattern, path, (text, name) => {
        const normal = posix.normalize(text).replace(/^\/+|\/+$/g, "");
        fc.pre(!/\*{3}|^\.*$|\.\./.test(normal) && !/^\/|\/$|\/\//.test(name));
        const isSuffix = /^\*\*[^/*?[]+$/.test(normal);
        const source = normal.replace(
          /\*\*\/?$|\*\*\/?|\*|\?|\.|\[.*?\]/g,
          (token, start: number) =>
            asPattern[token] ??
            (!token.startsWith("**")
              ? token
              : isSuffix || start + token.length === normal.length
                ? ".*"
                : "(?:.*/)?"),
        );
        const whole = new RegExp(`^${source}$`, "s");
        const parents = name.split("/").map((_, index, all) => all.slice(0, index + 1).join("/"));
        expect(new Dockerignore(text).ignores(name)).toBe(parents.some((one) => whole.test(one)));
      }),
      { numRuns: 2000 },
    );
  });

  it("lets a folder be skipped unless something in it may be kept", () => {
    expect(new Dockerignore("docs").ignoresWholly("docs")).toBe(true);
    expect(new Dockerignore("docs\n!docs/a").ignoresWholly("docs")).toBe(false);
  });
});

let folder: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const hash = (): Promise<string> => hashContext(folder, join(folder, "Dockerfile"));
const makeContext = (): void => {
  folder = mkdtempSync(join(tmpdir(), "context-"));
  write("Dockerfile", "FROM scratch\nCOPY . /\n");
  write("app/main.js", "1");
  write("app/run.log", "x");
  write(".dockerignore", "**/*.log\nDockerfile\n");
};
const removeContext = (): void => {
  rmSync(folder, { recursive: true });
};

describe("context hash", () => {
  beforeEach(makeContext);
  afterEach(removeContext);

  it("has the same hash again, whatever the times and the ignored files", async () => {
    const before = await hash();
    utimesSync(join(folder, "app/main.js"), 1, 1);
    write("app/run.log", "other");
    write("new.log", "new");
    expect(await hash()).toBe(before);
  });

  it("knows files whose names are not UTF-8", async () => {
    const name = Buffer.concat([Buffer.from(`${folder}/app/caf`), Buffer.from([0xe9])]);
    const before = await hash();
    writeFileSync(name, "1");
    const first = await hash();
    writeFileSync(name, "2");
    expect(new Set([before, first, await hash()]).size).toBe(3);
    write(".dockerignore", "**/*.log\nDockerfile\napp/caf?\n");
    const ignored = await hash();
    writeFileSync(name, "3");
    expect(await hash()).toBe(ignored);
  });

  it("has the same hash in another folder", async () => {
    const before = await hash();
    removeContext();
    makeContext();
    expect(await hash()).toBe(before);
  });
});

describe("context hash, changed", () => {
  beforeEach(makeContext);
  afterEach(removeContext);

  it.each<[string, () => void]>([
    [
      "content",
      () => {
        write("app/main.js", "2");
      },
    ],
    [
      "name",
      () => {
        write("app/other.js", "1");
      },
    ],
    [
      "mode",
      () => {
        chmodSync(join(folder, "app/main.js"), 0o755);
      },
    ],
    [
      "link",
      () => {
        symlinkSync("missing", join(folder, "link"));
      },
    ],
    [
      "ignored Dockerfile",
      () => {
        write("Dockerfile", "FROM scratch\n");
      },
    ],
    [
      ".dockerignore",
      () => {
        write(".dockerignore", "Dockerfile\n");
      },
    ],
  ])("has another hash after a change of: %s", async (_what, change) => {
    const before = await hash();
    change();
    expect(await hash()).not.toBe(before);
  });
});

describe("context", () => {
  beforeEach(makeContext);
  afterEach(removeContext);

  it("must exist, with its Dockerfile", () => {
    expect(fileProblems(folder, join(folder, "Dockerfile"))).toEqual([]);
    expect(reasons(fileProblems(join(folder, "none"), "Dockerfile"))[0]).toMatch(
      /^build\.context ".*none" is not a folder$/,
    );
    expect(reasons(fileProblems(folder, "No.Dockerfile"))).toEqual([
      'build.dockerfile "No.Dockerfile" does not exist',
    ]);
    write("Dockerfile.dockerignore", "");
    expect(reasons(fileProblems(folder, join(folder, "Dockerfile")))[0]).toMatch(/use \.dockerignore$/);
  });
});

describe("private Docker configuration", () => {
  const credentials = { server: "s", username: "u", password: "p" };
  const login = { auth: btoa("u:p") };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "docker-"));
    vi.stubEnv("DOCKER_CONFIG", folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    removeContext();
  });
  const merged = (): Promise<unknown> =>
    withDockerConfig(credentials, ({ DOCKER_CONFIG }) =>
      Promise.resolve(JSON.parse(readFileSync(join(DOCKER_CONFIG, "config.json"), "utf8"))),
    );

  it("is removed, also after a failure", async () => {
    let seen = "";
    const failing = withDockerConfig(credentials, ({ DOCKER_CONFIG }) => {
      seen = DOCKER_CONFIG;
      const file = join(seen, "config.json");
      expect([statSync(seen).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
      return Promise.reject(new Error("failed"));
    });
    await expect(failing).rejects.toThrow("failed");
    expect(existsSync(seen)).toBe(false);
  });

  it("is the given login alone where the user has none", async () => {
    expect(await merged()).toEqual({ auths: { s: login } });
  });

  it("keeps the user's other logins, helpers and files", async () => {
    const auths = { other: { auth: "x" }, s: { auth: "old" } };
    write("config.json", JSON.stringify({ auths, credsStore: "desktop", credHelpers: { third: "gcloud" } }));
    write("contexts/meta/a", "1");
    expect(await merged()).toEqual({
      auths: { other: { auth: "x" }, s: login },
      credsStore: "desktop",
      // No helper is asked for the given login's registry.
      credHelpers: { third: "gcloud", s: "" },
    });
    await withDockerConfig(credentials, ({ DOCKER_CONFIG }) => {
      expect(readFileSync(join(DOCKER_CONFIG, "contexts/meta/a"), "utf8")).toBe("1");
      return Promise.resolve();
    });
    expect(existsSync(join(folder, "contexts/meta/a"))).toBe(true);
  });

  it.each(["{", "[]", "null"])("of a user's that is %s is refused", async (text) => {
    write("config.json", text);
    await expect(merged()).rejects.toThrow(/config\.json is not a JSON object: correct it, or log in again$/);
  });
});
