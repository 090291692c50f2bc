import { readFileSync } from "node:fs";
import { join } from "node:path";
import { log } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { omitSdkOverhead } from "../../tuning/sdkOverhead.ts";
import { tested, whyUntuned } from "../../tuning/tested.ts";

const asTested = (name: string) => (tested as Record<string, string>)[name] ?? "";

test("the versions that are patched are those which the package asks for", () => {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const [name, version] of Object.entries(tested))
    expect(
      dependencies[name],
      `look at each patch in tuning/ with ${name} before tuning/tested.ts says so`,
    ).toBe(version);
  expect(whyUntuned({})).toBeUndefined();
});

test("no other version is patched", () => {
  const other = (name: string) => (name === "@pulumi/kubernetes" ? "9.0.0" : asTested(name));
  expect(whyUntuned({}, other)).toEqual({
    reason: `@pulumi/kubernetes is 9.0.0, and ${tested["@pulumi/kubernetes"]} is what was tested`,
    isAsked: false,
  });
});

test("none is where somebody asks for it", () => {
  expect(whyUntuned({ DYNENV_DEBUG: "1" }, asTested)).toEqual({
    reason: "DYNENV_DEBUG is set",
    isAsked: true,
  });
  expect(whyUntuned({ DYNENV_DEBUG: "" }, asTested)).toBeUndefined();
});

test("messages for --debug go on where somebody asks for them", () => {
  const before = log.debug;
  const asked = process.env.DYNENV_DEBUG;
  process.env.DYNENV_DEBUG = "1";
  omitSdkOverhead();
  expect(log.debug).toBe(before);
  if (asked === undefined) delete process.env.DYNENV_DEBUG;
  else process.env.DYNENV_DEBUG = asked;
});
