import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { identify, identityVariables, requireOwnCode } from "../../cli/environment/identity.ts";
import { checkedOut } from "../../foundation/checkout.ts";
import { Failure } from "../../foundation/failure.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { SettingError } from "../../foundation/settingError.ts";
import "./seed.ts";

const commit = "1".repeat(40);
const other = "2".repeat(40);

beforeEach(() => {
  // Also those of the CI system that runs this test.
  for (const name of Object.keys(process.env))
    if (/^(CI|GITHUB|DYNENV)_/.test(name)) vi.stubEnv(name, undefined);
  const told = { DYNENV_PROJECT: "shop/deals", DYNENV_REF: "feature/a", DYNENV_COMMIT: commit };
  for (const [name, value] of Object.entries(told)) vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

describe("a project's path", () => {
  it.each(["shop/deals\n::error::a", "x".repeat(100_000)])(
    "is refused before anything is made: %j",
    (path) => {
      vi.stubEnv("DYNENV_PROJECT", path);
      expect(() => identify({})).toThrow(
        /^the project is ".{1,110} but must be a line of 1 to 512 characters .*: name another by DYNENV_PROJECT$/,
      );
    },
  );
});

describe("an environment's stack", () => {
  it("is one for each commit of a branch", () => {
    const { stack } = identify({});
    expect(stack).toMatch(/^feature-a-[a-z2-7]{12}$/);
    expect(identify({ scope: "commit" }).stack).toBe(stack);
    expect(identify({ commit: other }).stack).not.toBe(stack);
    expect(identify({ ref: "feature/b" }).stack).not.toBe(stack);
    vi.stubEnv("DYNENV_RUN", "17");
    expect(identify({}).stack).toBe(stack);
    vi.stubEnv("DYNENV_PROJECT", "shop/other");
    expect(identify({}).stack).not.toBe(stack);
  });

  it("is one for each run, if that is the scope", () => {
    vi.stubEnv("DYNENV_SCOPE", "run");
    vi.stubEnv("DYNENV_RUN", "17");
    const { stack } = identify({});
    expect(identify({ commit: other }).stack).toBe(stack);
    vi.stubEnv("DYNENV_RUN", "18");
    expect(identify({}).stack).not.toBe(stack);
  });

  it("is one for the branch, if that is the scope", () => {
    const { stack } = identify({ scope: "branch" });
    expect(identify({ scope: "branch", commit: other }).stack).toBe(stack);
    expect(identify({ scope: "branch", ref: "feature/b" }).stack).not.toBe(stack);
    vi.stubEnv("DYNENV_SCOPE", "branch");
    expect(identify({}).stack).toBe(stack);
    expect(identify({ scope: "commit" }).stack).not.toBe(stack);
  });

  it("is the same for a commit that is abbreviated", () => {
    const current = checkedOut(projectRoot).commit;
    const { stack } = identify({ commit: current });
    for (const length of [7, 12, 39])
      expect(identify({ commit: current.slice(0, length) }).stack).toBe(stack);
  });

  it("is not guessed for an abbreviated commit that this checkout does not have, nor by a tag of that name", () => {
    expect(() => identify({ commit: "1234567" })).toThrow(/^the commit is abbreviated, and this checkout/);
    expect(identify({ commit: "1234567", stack: "a" })).toMatchObject({ commit: "1234567", stack: "a" });
    expect(identify({ commit: "1234567", scope: "branch" }).commit).toBe("1234567");
  });

  it.each(["a\tb", "a".repeat(601), "a\nb"])("is not made for a ref that nobody could mark: %j", (ref) => {
    expect(() => identify({ ref })).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });

  it("is that of the ref which is deployed", () => {
    vi.stubEnv("DYNENV_TRUST", "fork");
    expect(() => {
      requireOwnCode(identify({}), ["ref=other"]);
    }).toThrow(/^--config gives the ref "other", but this is a run for the ref "feature\/a": .*--ref$/);
  });

  it("is the same where a branch is named in full", () => {
    const short = identify({ ref: "main", commit });
    expect(identify({ ref: "refs/heads/main", commit })).toEqual(short);
    vi.stubEnv("DYNENV_REF", "refs/heads/main");
    expect(identify({ commit })).toEqual(short);
  });

  it("is that of the commit which is deployed, and an environment's", () => {
    vi.stubEnv("DYNENV_TRUST", "fork");
    const refusal = (setting: string) => () => {
      requireOwnCode(identify({ commit }), [setting]);
    };
    expect(refusal(`commit=${commit}`)).not.toThrow();
    expect(refusal(`commit=${"f".repeat(40)}`)).toThrow(/^--config gives the commit "f+", but .* --commit$/);
    expect(refusal("kind=preview")).not.toThrow();
    expect(refusal("kind=standing")).toThrow(
      /^--config gives the kind "standing", but this is a run for preview: .*, or deploy it by `dynenv up --stack /,
    );
    expect(refusal("kind=image")).toThrow(
      /^--config gives the kind "image", but this is a run for preview: leave it out there, or build/,
    );
  });

  it("is not that of a preview for an environment that stays", () => {
    vi.stubEnv("DYNENV_TRUST", "trusted");
    const kinds = ["preview", "standing"] as const;
    const refusal = (stack?: string) => () => {
      requireOwnCode(
        identify({ ...(stack !== undefined && { stack }) }),
        ["kind=standing", "trust=trusted"],
        [...kinds],
      );
    };
    const computed =
      /^kind is standing, but the stack is ".*-[a-z2-7]{12}", as previews are called: .*, by --stack$/;
    expect(refusal()).toThrow(computed);
    expect(refusal("feature-login-ynv4fcdhmq5z")).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
    expect(refusal("releases")).toThrow(/^kind is standing, but the stack is "releases", .*, by --stack$/);
    expect(refusal("production")).not.toThrow();
  });

  it("is the one that is named", () => {
    expect(identify({ stack: "My_stack.1" }).stack).toBe("My_stack.1");
  });
});

describe("a secret", () => {
  it.each(["registryPassword", "pullPassword", "pullLogins", "dynenv:registryPassword"])(
    "is no setting on a command line: %s",
    (key) => {
      vi.stubEnv("DYNENV_TRUST", "fork");
      const given = () => {
        requireOwnCode(identify({}), [`${key}=s3cr3t-pass`]);
      };
      expect(given).toThrow(
        /^--config gives (registryPassword|pullPassword|pullLogins), which is a secret: set \w+_(PASSWORD|LOGINS) instead$/,
      );
      expect(given).toThrow(Failure);
    },
  );
});

describe("an identity", () => {
  it("is of what is checked out where nobody tells", () => {
    for (const name of ["PROJECT", "REF", "COMMIT"]) vi.stubEnv(`DYNENV_${name}`, "");
    const current = checkedOut(projectRoot);
    expect(identify({})).toMatchObject({ project: "dynenv", ...current, fork: false });
  });

  it("is the same where each variable ends as a file does", () => {
    vi.stubEnv("DYNENV_SCOPE", "run");
    vi.stubEnv("DYNENV_RUN", "17");
    vi.stubEnv("DYNENV_DEPLOYED_AT", "2026-01-01T00:00:00Z");
    vi.stubEnv("DYNENV_TRUST", "fork");
    const told = () => [identify({}), identityVariables(identify({}))];
    const before = told();
    for (const [name, value] of Object.entries(process.env))
      if (name.startsWith("DYNENV_")) vi.stubEnv(name, `${value ?? ""}\r\n`);
    expect(told()).toEqual(before);
    // As without the line end: a fork's commit need not be the one that is checked out.
    requireOwnCode(identify({}));
  });

  it("is of one project: none that only the program learns of", () => {
    vi.stubEnv("DYNENV_TRUST", "fork");
    const run = identify({});
    requireOwnCode(run, ["project=shop/deals"]);
    for (const setting of ["project=shop/other", "dynenv:project=shop/other"])
      expect(() => {
        requireOwnCode(run, [setting]);
      }).toThrow(
        '--config gives the project "shop/other", but this is a run for the project "shop/deals": leave it out there, and set DYNENV_PROJECT to it',
      );
  });

  it("is of the commit where no branch is checked out", () => {
    expect(identify({ ref: "HEAD" }).stack).toMatch(/^head-[a-z2-7]{12}$/);
  });

  it("goes on as variables, with the trust that a fork gets", () => {
    const told = { DYNENV_PROJECT: "shop/deals", DYNENV_REF: "feature/a", DYNENV_COMMIT: commit };
    expect(identityVariables(identify({}))).toMatchObject(told);
    expect(identityVariables(identify({}))).not.toHaveProperty("DYNENV_TRUST");
    vi.stubEnv("CI_MERGE_REQUEST_PROJECT_PATH", "shop/deals");
    vi.stubEnv("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "somebody/deals");
    expect(identityVariables(identify({}))).toMatchObject({ ...told, DYNENV_TRUST: "fork" });
  });

  it.each([
    ["a scope that there is not", {}, { DYNENV_SCOPE: "day" }, /^DYNENV_SCOPE is "day" but must be commit, /],
    ["a run that nobody names", { scope: "run" as const }, {}, /set DYNENV_RUN, such as DYNENV_RUN=1234$/],
    [
      "a branch where none is checked out",
      { scope: "branch" as const, ref: "HEAD" },
      {},
      /^the scope is branch, but none is checked out: name one with --ref/,
    ],
    [
      "a commit that is none",
      { commit: "HEAD" },
      {},
      /^commit is "HEAD" but must be 7 to 64 hexadecimal digits, such as 9dff06f: name one/,
    ],
    ["a branch that is empty", { ref: "" }, {}, /^the branch is unknown: name one with --ref/],
    [
      "a stack with a slash",
      { stack: "feature/a" },
      {},
      /^--stack is "feature\/a" but must be 1 to 94 letters/,
    ],
    ["the stack above", { stack: ".." }, {}, /^--stack is "\.\." but must be 1 to 94 letters/],
    [
      "a stack of an image",
      { stack: "a-image" },
      {},
      /^--stack is "a-image" but must be .* no -image at the end/,
    ],
    ["a stack without a name", { stack: "" }, {}, /^--stack is "" but must be 1 to 94 letters/],
    ["a stack with a name too long", { stack: "a".repeat(95) }, {}, /must be 1 to 94 letters/],
  ])("refuses %s", (_name, wanted, variables, sentence) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(() => identify(wanted)).toThrow(sentence);
  });
});

describe("any variables of a CI system", () => {
  const text = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.constantFrom("", "..", "-x", "HEAD", "main", "a\nb", "\u001b[2J", "1".repeat(40), "refs/heads/main"),
  );
  const names = [
    ...["DYNENV_PROJECT", "DYNENV_REF", "DYNENV_COMMIT", "DYNENV_RUN", "DYNENV_SCOPE", "DYNENV_TRUST"],
    ...["CI_PROJECT_PATH", "CI_COMMIT_REF_NAME", "CI_COMMIT_SHA", "CI_PIPELINE_ID", "CI_BUILD_REF"],
    ...["CI_MERGE_REQUEST_PROJECT_PATH", "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"],
    ...["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"],
    ...["GITHUB_ACTIONS", "GITHUB_REPOSITORY", "GITHUB_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_SHA"],
    ...["GITHUB_EVENT_PATH", "GITHUB_RUN_ID"],
  ];
  const variables = fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] });

  it("give a stack of a form that is safe, or one sentence; and no other commit is deployed", () => {
    const current = checkedOut(projectRoot).commit;
    fc.assert(
      fc.property(variables, (said) => {
        vi.unstubAllEnvs();
        for (const name of names) vi.stubEnv(name, said[name]);
        try {
          const run = identify({});
          expect(run.stack).toMatch(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
          expect(run.stack.length).toBeLessThanOrEqual(63);
          requireOwnCode(run);
          expect(run.fork || process.env.DYNENV_TRUST === "fork" || current.startsWith(run.commit)).toBe(
            true,
          );
        } catch (error) {
          if (!(error instanceof Failure || error instanceof SettingError)) throw error;
          expect(error.message).not.toMatch(/[\p{Cc}]/u);
        }
      }),
    );
  });
});
