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
import { dirname, join } from "node:path";
import bcrypt from "bcryptjs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashContext } from "../../local/plugins/contextHash.ts";
import { Dockerignore } from "../../local/plugins/dockerignore.ts";
import { withDockerConfig } from "../../local/plugins/dockerConfig.ts";
import { credentialServer, isFullyQualified, repositoryOf } from "../../local/plugins/imageName.ts";
import {
  changedImageInputs,
  fileProblems,
  imageProblems,
  withBuildDefaults,
} from "../../local/plugins/imageInputs.ts";
import { characterClasses, composePassword, type PasswordRules } from "../../local/plugins/password.ts";
import {
  changedPasswordInputs,
  passwordProblems,
  resolvePasswordInputs,
} from "../../local/plugins/passwordInputs.ts";
import { keepSecrets, plain, secret, secretStrings } from "../../local/plugins/values.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// Set FC_SEED to the printed seed to repeat a run.
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
console.info(`fast-check seed: ${String(seed)}`);
fc.configureGlobal({ seed, numRuns: 200 });

const count = fc.integer({ min: 0, max: 6 });
const rules: fc.Arbitrary<PasswordRules> = fc
  .record({
    extra: fc.integer({ min: 1, max: 40 }),
    lower: fc.boolean(),
    upper: fc.boolean(),
    numeric: fc.boolean(),
    special: fc.boolean(),
    minimums: fc.tuple(count, count, count, count),
    overrideSpecial: fc.option(fc.string({ minLength: 1, unit: fc.constantFrom("~", "^", "§", "😀") }), {
      nil: undefined,
    }),
  })
  .filter(({ lower, upper, numeric, special }) => lower || upper || numeric || special)
  .map(({ extra, minimums: [low, up, num, spec], ...given }) => {
    const minLower = given.lower ? low : 0;
    const minUpper = given.upper ? up : 0;
    const minNumeric = given.numeric ? num : 0;
    const minSpecial = given.special ? spec : 0;
    const length = extra + minLower + minUpper + minNumeric + minSpecial;
    return { ...given, length, minLower, minUpper, minNumeric, minSpecial };
  });

const reasons = (problems: { reason: string }[]): string[] => problems.map(({ reason }) => reason);

describe("password", () => {
  it("has the length, only characters of the classes in use, and each minimum", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const characters = Array.from(composePassword(given));
        const used = characterClasses(given).filter((item) => item.used);
        const allowed = new Set(used.flatMap((item) => item.characters));
        expect(characters).toHaveLength(given.length);
        expect(characters.filter((character) => !allowed.has(character))).toEqual([]);
        for (const item of used) {
          const drawn = characters.filter((character) => item.characters.includes(character));
          expect(drawn.length).toBeGreaterThanOrEqual(item.minimum);
        }
      }),
    );
  });

  it("accepts all rules that it composes", () => {
    fc.assert(
      fc.property(rules, (given) => {
        expect(passwordProblems({ ...given })).toEqual([]);
      }),
    );
  });

  it("puts the required characters at every position", () => {
    const given = resolvePasswordInputs({
      length: 4,
      upper: false,
      special: false,
      lower: true,
      minNumeric: 1,
    });
    const places = Array.from({ length: 300 }, () => composePassword(given).search(/[0-9]/));
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3]));
  });

  it("draws every character about equally often", () => {
    const given = resolvePasswordInputs({ length: 20_000, upper: false, special: false, lower: false });
    const drawn = Map.groupBy(composePassword(given), (character) => character);
    expect(drawn.size).toBe(10);
    for (const group of drawn.values()) expect(Math.abs(group.length - 2000)).toBeLessThan(300);
  });

  it("is what its bcrypt hash was made from", async () => {
    const password = composePassword(resolvePasswordInputs({ length: 20 }));
    expect(await bcrypt.compare(password, await bcrypt.hash(password, 4))).toBe(true);
  });
});

describe("password inputs", () => {
  it("have the official defaults", () => {
    expect(resolvePasswordInputs({ length: 16 })).toEqual({
      length: 16,
      lower: true,
      upper: true,
      number: true,
      numeric: true,
      special: true,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 0,
    });
    expect(resolvePasswordInputs({ length: 1, number: false })).toMatchObject({
      number: false,
      numeric: false,
    });
  });

  it.each([
    [{}, "length is required, for example 16"],
    [{ length: 0 }, "length must be a whole number of at least 1"],
    [{ length: 8, minLower: 1.5 }, "minLower must be a whole number of at least 0"],
    [{ length: 8, upper: "yes" }, "upper must be true or false"],
    [{ length: 8, keepers: { a: 1 } }, "keepers must be a map of strings"],
    [{ length: 3, minLower: 2, minUpper: 2 }, "length must be at least the sum of the minimums, 4"],
    [{ length: 8, number: true, numeric: false }, "number contradicts numeric: set numeric only"],
    [{ length: 8, special: false, minSpecial: 1 }, "minSpecial contradicts special: false"],
    [
      { length: 8, special: false, lower: false, upper: false, numeric: false },
      "length cannot be met: set one of lower, upper, numeric, special to true",
    ],
  ])("%j: one sentence", (inputs, reason) => {
    expect(reasons(passwordProblems(inputs))).toEqual([reason]);
  });
});

describe("a change of password inputs", () => {
  it("may not bring an unknown input", () => {
    expect(reasons(passwordProblems({ length: 8, size: 9 }))[0]).toMatch(
      /^size is not an input; the inputs are lower,/,
    );
  });

  it("leaves what a preview does not know yet for later", () => {
    expect(passwordProblems({ length: UNKNOWN, minLower: 20, keepers: { commit: UNKNOWN } })).toEqual([]);
  });

  it("asks for a new password when a value changes, and not when it is only written differently", () => {
    const olds = {
      ...resolvePasswordInputs({ length: 16, keepers: { a: "1", b: "2" } }),
      result: secret("x"),
    };
    const same = {
      length: 16,
      numeric: true,
      minLower: 0,
      overrideSpecial: "",
      keepers: secret({ b: "2", a: "1" }),
    };
    expect(changedPasswordInputs(olds, same)).toEqual([]);
    expect(changedPasswordInputs(olds, { length: 17, keepers: { a: "1" } })).toEqual(["keepers", "length"]);
    expect(changedPasswordInputs(olds, { ...same, numeric: false })).toEqual(["number", "numeric"]);
  });
});

describe("secret values", () => {
  const inputs = { open: "a", hidden: secret("b"), nested: { deep: [secret("c"), "d"], none: null } };

  it("unwrap at any depth, and are found", () => {
    expect(plain(inputs)).toEqual({ open: "a", hidden: "b", nested: { deep: ["c", "d"] } });
    expect(secretStrings(inputs)).toEqual(["b", "c"]);
  });

  it("stay secret as outputs", () => {
    const outputs = { open: "a", hidden: "b", nested: {}, more: 1 };
    expect(keepSecrets(inputs, outputs)).toEqual({ ...outputs, hidden: secret("b"), nested: secret({}) });
  });
});

describe("image inputs", () => {
  const image = { imageName: "registry.example:5000/team/app:1", build: { context: "app" } };

  it.each([
    [{ build: {} }, "imageName is required"],
    [{ ...image, imageName: "team/app" }, /^imageName must name its registry, .* not "team\/app"$/],
    [{ ...image, tags: [] }, /^tags is not an input/],
    [{ ...image, skipPush: "no" }, "skipPush must be of type boolean"],
    [{ ...image, build: { cacheFrom: {} } }, /^build\.cacheFrom is not an input that this drop-in/],
    [{ ...image, build: { args: { A: 1 } } }, "build.args must be a map of strings"],
    [{ ...image, registry: { user: "ci" } }, /^registry\.user is not an input/],
    [{ ...image, registry: { password: secret(1) } }, "registry.password must be of type string"],
  ])("%j: one sentence", (inputs, reason) => {
    expect(reasons(imageProblems(inputs))).toEqual([expect.stringMatching(reason)]);
  });
});

describe("sound image inputs", () => {
  const image = { imageName: "registry.example:5000/team/app:1", build: { context: "app" } };

  it("may be unknown in a preview, secret, or local", () => {
    const unknown = { imageName: UNKNOWN, build: { context: UNKNOWN, args: UNKNOWN }, registry: UNKNOWN };
    expect(imageProblems(unknown)).toEqual([]);
    expect(imageProblems({ ...image, registry: secret({ server: "s", password: "p" }) })).toEqual([]);
    expect(imageProblems({ imageName: "app", skipPush: true })).toEqual([]);
    expect(withBuildDefaults({ context: UNKNOWN }).dockerfile).toBe(UNKNOWN);
  });

  it("have the official defaults", () => {
    const defaults = {
      context: ".",
      dockerfile: "Dockerfile",
      platform: expect.stringMatching(/^linux\//) as unknown,
    };
    expect(withBuildDefaults({})).toEqual(defaults);
    expect(withBuildDefaults({ context: "app" }).dockerfile).toBe("app/Dockerfile");
  });

  it("ask for a build when they change, but not for a new user or password", () => {
    const olds = { ...image, registry: { server: "s" } };
    const renewed = { ...image, registry: { server: "s", username: "u", password: secret("new") } };
    expect(changedImageInputs(olds, renewed)).toEqual([]);
    expect(changedImageInputs(olds, { ...renewed, registry: { server: "other" } })).toEqual(["registry"]);
    expect(changedImageInputs(olds, { ...renewed, build: { context: "app", args: { A: "1" } } })).toEqual([
      "build",
    ]);
    expect(changedImageInputs({ build: { a: "1", b: "2" } }, { build: { b: "2", a: "1" } })).toEqual([]);
  });

  it("tell registry and repository by the image's name", () => {
    expect(["a.example/b", "localhost/b", "host:1/b"].every(isFullyQualified)).toBe(true);
    expect(["a/b", "b", "b:1"].some(isFullyQualified)).toBe(false);
    expect(repositoryOf("host:5000/team/app:1")).toBe("host:5000/team/app");
    expect(repositoryOf("host:5000/team/app")).toBe("host:5000/team/app");
    expect(credentialServer("https://a.example/v2/", "x/y")).toBe("a.example");
    expect(credentialServer(undefined, "host:5000/team/app:1")).toBe("host:5000");
    expect(credentialServer("docker.io", "docker.io/a/b")).toBe("https://index.docker.io/v1/");
  });
});

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
  ])("%j: %s is ignored: %s", (text, path, ignored) => {
    expect(new Dockerignore(text).ignores(path)).toBe(ignored);
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
  it("is removed, also after a failure", async () => {
    let seen = "";
    const failing = withDockerConfig({ server: "s", username: "u", password: "p" }, ({ DOCKER_CONFIG }) => {
      seen = DOCKER_CONFIG;
      const file = join(seen, "config.json");
      expect([statSync(seen).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ auths: { s: { auth: btoa("u:p") } } });
      return Promise.reject(new Error("failed"));
    });
    await expect(failing).rejects.toThrow("failed");
    expect(existsSync(seen)).toBe(false);
  });
});
