import { describe, expect, it } from "vitest";
import { credentialServer, isFullyQualified, repositoryOf } from "../../local/plugins/imageName.ts";
import { changedImageInputs, imageProblems, withBuildDefaults } from "../../local/plugins/imageInputs.ts";
import { secret } from "../../local/plugins/values.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const reasons = (problems: { reason: string }[]): string[] => problems.map(({ reason }) => reason);

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
