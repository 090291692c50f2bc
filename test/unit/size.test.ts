import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, it } from "vitest";
import { BackingServices, ServiceDeployment, sockShop } from "../../components/index.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { checkSize } from "../../components/model/rules/size.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const limit = 2 ** 20;
const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const deploy = (args: object) => () =>
  new ServiceDeployment("x", { namespace: "staging", image, service: service("deals"), ...args });

it("counts the bytes of all texts together", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "ö", "語", "😀"), maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: -3, max: 3 }),
      (texts, off) => {
        const rest = limit - texts.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
        const all = { ...Object.fromEntries(texts.entries()), filled: "x".repeat(rest + off) };
        const check = () => {
          checkSize("config", all);
        };
        if (off > 0) expect(check).toThrow(`config have ${String(limit + off)} bytes but must have at most`);
        else expect(check).not.toThrow();
      },
    ),
    { numRuns: 50 },
  );
});

it("refuses, before anything is created, what the API refuses last of all", () => {
  const large = "x".repeat(limit + 1);
  const many = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [`N${String(index)}`, "x".repeat(1e5)]),
  );
  const seed = { command: ["fill"], files: { "data.sql": large } };
  expect(() => {
    checkServices([service("db", { seed })]);
  }).toThrow(/^seed.files of service "db" have 1048577 bytes .*make "data.sql" smaller/);
  expect(() => {
    checkServices([service("db", { environment: many })]);
  }).toThrow(/^the variables of service "db" have/);
  expect(deploy({ variables: many })).toThrow(/variables have 1100000 bytes/);
  expect(deploy({ secrets: many })).toThrow(/secrets have 1100000 bytes/);
  const wanted = { catalogue: sockShop, names: ["user-db"] };
  const backing = { namespace: "staging", ...wanted, serviceSecrets: { "user-db": many } };
  expect(() => new BackingServices("x", backing)).toThrow(/serviceSecrets\["user-db"\] have 1100000 bytes/);
});

it("refuses what no program can be started with", () => {
  const longest = "x".repeat(2 ** 17 - 1);
  const refused = (parts: object) => {
    try {
      checkServices([service("db", parts)]);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const rule =
    "has 131072 bytes but must have at most 131071, what Linux gives to a program: bring it in a file";
  const seed = (text: string) => ({ command: ["fill", text] });
  for (const [right, wrong, what] of [
    [{ command: [longest] }, { command: [`${longest}x`] }, 'text 0 of command of service "db"'],
    [{ args: ["a", longest] }, { args: ["a", `${longest}x`] }, 'text 1 of args of service "db"'],
    [{ seed: seed(longest) }, { seed: seed(`${longest}x`) }, 'text 1 of seed.command of service "db"'],
    [
      { environment: { A: longest.slice(2) } },
      { environment: { A: longest.slice(1) } },
      '"A" of the variables of service "db", with its name,',
    ],
  ] as const) {
    expect(refused(right)).toBe("");
    expect(refused(wrong)).toBe(`${what} ${rule}`);
  }
  const cut = "has the character U+0000, at which a program's texts end: bring it in a file";
  expect(refused({ command: ["a\0b"] })).toBe(`text 0 of command of service "db" ${cut}`);
  expect(refused({ before: [["a"], ["a\0b"]] })).toBe(`text 0 of before[1] of service "db" ${cut}`);
  expect(refused({ environment: { A: "a\0" } })).toBe(
    `"A" of the variables of service "db", with its name, ${cut}`,
  );
  expect(refused({ args: Array.from({ length: 11 }, () => "x".repeat(1e5)) })).toMatch(
    /^the texts of args of service "db" have 1100000 bytes/,
  );
  expect(deploy({ variables: { A: longest } })).toThrow(/"A" of variables, with its name, has 131073 bytes/);
});

it("does not count what is known only later", () => {
  checkSize("config", { later: pulumi.output("x"), now: "x" });
});
