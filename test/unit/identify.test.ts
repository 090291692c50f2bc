import { beforeEach, describe, expect, it, vi } from "vitest";
import { identify, identityVariables } from "../../cli/identity.ts";
import { checkedOut } from "../../stacks/checkout.ts";
import { projectRoot } from "../../local/folders.ts";

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

  it("is the one that is named", () => {
    expect(identify({ stack: "My_stack.1" }).stack).toBe("My_stack.1");
  });
});

describe("an identity", () => {
  it("is of what is checked out where nobody tells", () => {
    for (const name of ["PROJECT", "REF", "COMMIT"]) vi.stubEnv(`DYNENV_${name}`, "");
    const current = checkedOut(projectRoot);
    expect(identify({})).toMatchObject({ project: "dynenv", ...current, fork: false });
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
    ["a commit that is none", { commit: "HEAD" }, {}, /^commit "HEAD" must be 7 to 64 hexadecimal digits/],
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
    ["a stack without a name", { stack: "" }, {}, /^--stack is "" but must be a text/],
    ["a stack with a name too long", { stack: "a".repeat(95) }, {}, /must be 1 to 94 letters/],
  ])("refuses %s", (_name, wanted, variables, sentence) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(() => identify(wanted)).toThrow(sentence);
  });
});
