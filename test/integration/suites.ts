import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { TestRunner, type TestSuite } from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf } from "../unit/kubernetesObjects.ts";
import { service } from "../unit/randomServices.ts";
import { create } from "./pods.ts";
import { dynenv, kubectl } from "./shell.ts";

const token = "swordfish-with-umlauts";
const results = "/results/junit.xml";
const writes = (xml: string) =>
  `require("node:fs").writeFileSync(${JSON.stringify(results)}, ${JSON.stringify(xml)}.replace("TOKEN", process.env.TOKEN));`;
const node = (program: string) => ["node", "--eval", program];

/** Suites that do all that a suite can, and go wrong in each way that a suite has. */
const suites: TestSuite[] = [
  {
    ...{ name: "good", user: 12345, writablePaths: ["/scratch"], results },
    ...{ variables: { LEVEL: "info" }, secrets: { TOKEN: token } },
    command: node(`
      require("node:fs").writeFileSync("/scratch/" + process.getuid(), "");
      console.log("LEVEL is", process.env.LEVEL, "and", process.env.TOKEN);
      ${writes('<testsuite><testcase name="TOKEN"/><testcase><skipped/></testcase></testsuite>')}`),
  },
  {
    ...{ name: "red", results },
    command: node(
      `${writes("<testsuites><testsuite><testcase><failure/></testcase></testsuite></testsuites>")} process.exit(7)`,
    ),
  },
  { name: "zero", results, command: node(writes("<testsuites/>")) },
  { name: "silent", results, command: node("console.log('12 passed in 0.1s')") },
];

/** A suite that writes results and ends at once. */
export const quick: TestSuite = {
  ...{ name: "quick", results },
  command: ["sh", "-c", `echo '<testsuite><testcase/></testsuite>' >${results}`],
};

/** Adds suites to an environment. @returns what was added, as `Kind/name`. */
export async function addSuites(
  namespace: string,
  { image, commit, suites }: { image: string; commit: string; suites: TestSuite[] },
): Promise<string[]> {
  const services = ["deals", "catalogue"].map((name) => service(name));
  const args = { namespace, image, services, commit, suites };
  const made = objectsOf(await construct(() => new TestRunner("more", args)))
    // It is there already.
    .filter(({ kind }) => kind !== "ServiceAccount")
    .map(({ kind, name, metadata, content }) => ({ ...content, kind, metadata: { ...metadata, name } }));
  await create(...made);
  return made.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

/** Adds suites to an environment, runs them, and takes them away. */
export async function expectSuites(stack: string, image: string, commit: string): Promise<void> {
  const namespace = `env-${stack}`;
  const made = await addSuites(namespace, { image, commit, suites });
  const folder = await mkdtemp(join(tmpdir(), "results-"));
  try {
    // Of an earlier run, which is not to be taken for this one's.
    await writeFile(join(folder, "silent.xml"), "<testsuite/>");
    const all = await dynenv(["test", "--stack", stack, "--junit", folder]);
    expect(all.exitCode, all.output).toBe(1);
    expect(all.output).toContain("LEVEL is info and ***");
    expect(all.output).toMatch(/suite test: passed[^]*suite good: passed/);
    expect(all.output).toContain("/results/junit.xml: tests 2, failed 0, skipped 1, copied to ");
    const remedy = ": correct the test command or the image, or allow it by --allow-no-tests";
    const job = (name: string) => `${name}: the tests failed: Job test-${name}-\\w+: `;
    expect(all.output.trim()).toMatch(
      new RegExp(
        [
          `dynenv: 3 of 5 suites failed: ${job("red")}its container ended with exit code 7; `,
          `${job("silent")}its results file /results/junit.xml was not written: correct what the suite writes there, or allow it by --allow-no-tests; `,
          `${job("zero")}its results say that no test ran${remedy}$`,
        ].join(""),
      ),
    );
    expect((await readdir(folder)).sort()).toEqual(["good.xml", "red.xml", "summary.md", "zero.xml"]);
    expect(await readFile(join(folder, "good.xml"), "utf8")).toBe(
      '<testsuite><testcase name="***"/><testcase><skipped/></testcase></testsuite>',
    );
    expect(await readFile(join(folder, "summary.md"), "utf8")).toContain("| good | passed | 2 | 0 | 1 |");

    const one = await dynenv([
      "test",
      "good",
      "--stack",
      stack,
      "--",
      ...node("console.log(process.env.LEVEL)"),
    ]);
    expect(one.exitCode, one.output).toBe(0);
    expect(one.output).toMatch(/^ *info$/m);
    const unknown = await dynenv(["test", "goood", "--stack", stack]);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.output).toContain(
      `"goood" is not among the test suites of namespace ${namespace}: did you mean good?`,
    );
  } finally {
    await rm(folder, { recursive: true });
    await kubectl("delete", ...made, "-n", namespace);
  }
}
