import { describe, expect, it } from "vitest";
import { checkCommand, checkNames, checkText } from "../../components/model/rules/arguments.ts";
import { suggestion } from "../../components/model/rules/suggestion.ts";

const text = (given: unknown) => () => {
  checkText("stack", given, "feature-login");
};
const names = (given: unknown) => () => {
  checkNames("users", given, "ada@example.com");
};
const command = (given: unknown) => () => {
  checkCommand("command", given, ["npm", "test"]);
};

describe("a text", () => {
  it.each(["a", " a "])("may be %j", (given) => {
    expect(text(given)).not.toThrow();
  });

  it.each([[""], [" \n"], [5], [null], [["a"]], [{}]])("that is %j is refused in one line", (given) => {
    expect(text(given)).toThrow(
      new Error(`stack is ${JSON.stringify(given)} but must be a text, such as feature-login`),
    );
  });

  it("that is missing is told to be that", () => {
    expect(text(undefined)).toThrow(new Error("stack is missing: it must be a text, such as feature-login"));
  });
});

describe("names", () => {
  it("may be none, or some texts", () => {
    expect(names([])).not.toThrow();
    expect(names(["ada@example.com", "grace"])).not.toThrow();
  });

  it.each([["ada@example.com"], [{ 0: "ada" }], [null], [5]])("that are %j are refused", (given) => {
    expect(names(given)).toThrow(
      new Error(`users is ${JSON.stringify(given)} but must be a list, such as ["ada@example.com"]`),
    );
  });

  it("are refused for the first one that is no name", () => {
    expect(names(["ada", " ", ""])).toThrow(
      new Error('users[1] is " " but must be a text, such as ada@example.com'),
    );
    expect(names([undefined])).toThrow(
      new Error("users[0] is missing: it must be a text, such as ada@example.com"),
    );
  });
});

describe("a command", () => {
  it("may be any list that is not empty", () => {
    expect(command(["test"])).not.toThrow();
  });

  it.each([
    [[], "is [] but"],
    ["npm test", 'is "npm test" but'],
    [null, "is null but"],
    [{}, "is {} but"],
    [undefined, "is missing: it"],
  ])("that is %j is refused as %s", (given, told) => {
    expect(command(given)).toThrow(new Error(`command ${told} must be a command, such as ["npm","test"]`));
  });
});

describe("a suggestion", () => {
  it.each([
    ["port", ["ports"], "did you mean ports?"],
    ["prot", ["port"], "did you mean port?"],
    ["pod", ["pods"], "known are pods"],
    ["a", ["b", "c"], "known are b, c"],
    ["abcd", ["abxy"], "did you mean abxy?"],
    ["abcd", ["axyz"], "known are axyz"],
    ["abcdef", ["abcdxy"], "did you mean abcdxy?"],
    ["abcdef", ["abcxyz"], "known are abcxyz"],
    ["abcdefg", ["abcdxyz"], "did you mean abcdxyz?"],
    ["name", [], "known are none"],
  ])("for %s among %j is: %s", (name, known, expected) => {
    expect(suggestion(name, known)).toBe(expected);
  });
});
