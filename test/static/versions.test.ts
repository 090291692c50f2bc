import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { usualBase } from "../../foundation/usualBase.ts";
import { kubernetesRelease, versionOf } from "../../local/versions.ts";

interface Package {
  engines: { node: string };
  dependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

const text = (path: string) => readFileSync(join(projectRoot, path), "utf8");
const root = JSON.parse(text("package.json")) as Package;
const components = JSON.parse(text("components/package.json")) as Package;

/** What is written by tools, or is about what was at another time. */
const written = [
  ":!*.sum",
  ":!package-lock.json",
  ":!test/fixtures",
  ":!test/foreign/app",
  ":!bench/results.md",
  ":!CHANGELOG.md",
];

/** Matches of a pattern in the files of the repository, each as `path:match`. */
async function found(pattern: string, ...paths: string[]): Promise<string[]> {
  const args = ["grep", "-noIP", pattern, "--", ...(paths.length > 0 ? paths : ["."]), ...written];
  const { stdout } = await execa("git", args, { cwd: projectRoot, reject: false });
  return stdout.split("\n").flatMap((line) => line.replace(/^([^:]*):\d+:/, "$1:") || []);
}

const filesOf = (matches: string[]) => [...new Set(matches.map((match) => match.replace(/:.*$/s, "")))];

test("the oldest Node is the same wherever it is told", async () => {
  const { node } = root.engines;
  expect(components.engines.node).toBe(node);
  const oldest = node.replace(">=", "");
  const told = await found(String.raw`\bNode \(?\d+ or later`);
  expect(filesOf(told)).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md", "cli/install"]));
  expect(told.filter((match) => !match.endsWith(`${oldest} or later`))).toEqual([]);
});

test("pipelines and images have the Node that the dependencies bring", async () => {
  const [brought = "", ...others] = Object.values(root.optionalDependencies);
  expect(others).toEqual(others.map(() => brought));
  const whole = await found(String.raw`\b\d+\.\d+\.\d+(?=-bookworm)|(?<=node-version: )[\d.]+`, "ci");
  expect(filesOf(whole)).toEqual(["ci/concourse.yml", "ci/github-actions.yml", "ci/gitlab-ci.yml"]);
  expect(whole.filter((match) => !match.endsWith(`:${brought}`))).toEqual([]);
  const [major = ""] = brought.split(".");
  expect(usualBase).toBe(`node:${major}-slim`);
  const slim = await found(String.raw`\bnode:\d+-slim`);
  expect(slim.filter((match) => !match.endsWith(`:${usualBase}`))).toEqual([]);
});

test("the package of components takes the versions that are tested with it", () => {
  const ranges = Object.entries({ ...components.dependencies, ...components.peerDependencies });
  for (const [name, range] of ranges.filter(([name]) => name in root.dependencies)) {
    const [tested, least] = [root.dependencies[name] ?? "", range.replace("^", "")];
    const parts = (version: string) => version.split(".").map(Number);
    const [[major = 0, minor = 0], [leastMajor = 0, leastMinor = 0]] = [parts(tested), parts(least)];
    expect(major, `${name} ${range} takes ${tested}`).toBe(leastMajor);
    expect(minor, `${name} ${range} takes ${tested}`).toBeGreaterThanOrEqual(leastMinor);
  }
});

test("the tools that are built have the versions of the packages", () => {
  expect(text("local/tools/pulumi/go.mod")).toContain(`/pkg/v3 v${versionOf("pulumi")}\n`);
  expect(kubernetesRelease).toMatch(/^\d+\.\d+\.\d+$/);
});

const manifests = ["components/package.json", "package.json"];
/** What `npm run docs` writes. */
const page = "docs/own-application.md";
const places = {
  [versionOf("pulumi")]: [...manifests, page, "tuning/tested.ts"],
  [versionOf("kubernetes")]: [...manifests, page, "tuning/tested.ts"],
  [versionOf("docker")]: [...manifests, page],
  [versionOf("random")]: [...manifests, page],
  [kubernetesRelease]: [],
};

/** Beside their own places, which the tests above compare, and the modules of Go, whose versions may be alike by chance. */
test.each(Object.entries(places))("version %s stands nowhere else", async (version, expected) => {
  const pattern = String.raw`(?<![\d.])${version.replaceAll(".", String.raw`\.`)}(?![\d.])`;
  const files = filesOf(
    await found(pattern, ".", ":!*go.mod", ":!test/pulumiWords/*.json", ":!components/schema.json"),
  );
  expect(expected).toEqual(expect.arrayContaining(files));
});
