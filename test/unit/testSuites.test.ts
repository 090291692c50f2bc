import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partedWords } from "../../cli/commands/commandWords.ts";
import { chosenSuites, type Suite } from "../../cli/environment/testSuites.ts";
import { EphemeralEnvironment, TestRunner, type TestRunnerArgs } from "../../components/index.ts";
import { suiteCronJob, suiteOf } from "../../components/model/index.ts";
import { construct, mapSecrets } from "../../rendering/construction.ts";
import { suiteLogin } from "../golden/passwords.ts";
import { suites } from "../golden/suites.ts";
import { objectsOf, templateOf, titleOf } from "./kubernetesObjects.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const suiteName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/);

describe("the name of a suite", () => {
  it("is that of one CronJob, whose Jobs Kubernetes can name", () => {
    fc.assert(
      fc.property(fc.oneof(suiteName, fc.constantFrom("test", "test-test", "test-a")), (name) => {
        const cronJob = suiteCronJob(name);
        expect(suiteOf(cronJob)).toBe(name);
        expect(cronJob.length).toBeLessThanOrEqual(52);
      }),
    );
  });

  it("is told apart from that of any other", () => {
    fc.assert(
      fc.property(suiteName, suiteName, (one, other) => {
        expect(suiteCronJob(one) === suiteCronJob(other)).toBe(one === other);
      }),
    );
  });

  it("is never a path, whatever a CronJob is called", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `test-${text}`),
        ),
        (cronJob) => {
          expect(suiteOf(cronJob) ?? "a").toMatch(/^[a-z0-9-]+$/);
        },
      ),
    );
    expect(["test-", "test-../a", "test-a/b", "test-test", "tests", "readiness"].map(suiteOf)).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe("the suites of an environment", () => {
  const tests = (trust?: string) =>
    construct(
      () => new EphemeralEnvironment("shop", { ...suites, ...(trust && { trust: trust as "fork" }) }),
    );

  it("are CronJobs that differ in what was given, and share all else", async () => {
    const cronJobs = objectsOf(await tests())
      .filter(({ kind }) => kind === "CronJob")
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    expect(cronJobs.map(({ name }) => name)).toEqual(["test", "test-end-to-end", "test-schema"]);
    for (const { metadata } of cronJobs) expect(metadata.labels).toMatchObject({ "dynenv/job": "test" });
    const containers = cronJobs.map((cronJob) => templateOf(cronJob)?.spec.containers[0]);
    expect(containers).toMatchObject([
      { name: "test", command: ["npm", "test"], image: suites.application.image },
      { name: "test", image: expect.stringContaining("shop/tests@") as string },
      { name: "test", image: expect.stringContaining("shop/database:1@") as string },
    ]);
    expect(containers[1]).not.toHaveProperty("command");
    expect(new Set(containers.map((one) => JSON.stringify(one?.env))).size).toBe(1);
  });

  it("have variables and secrets of their own, which nobody else gets", async () => {
    const construction = await tests();
    const objects = objectsOf(construction);
    const users = objects.filter((object) => JSON.stringify(object).includes("-end-to-end-secrets-1234abcd"));
    expect(users.map(titleOf).sort()).toEqual([
      "CronJob/test-end-to-end",
      "Secret/shop-tests-end-to-end-secrets-1234abcd",
    ]);
    expect(JSON.stringify(objects)).toContain(suiteLogin);
    const open = construction.resources.map(({ inputs }) => mapSecrets(inputs, () => "hidden"));
    expect(JSON.stringify(open)).not.toContain(suiteLogin);
  });

  it("get no secrets in an environment of a fork, and all else", async () => {
    const objects = objectsOf(await tests("fork"));
    expect(JSON.stringify(objects)).not.toContain(suiteLogin);
    expect(objects.map(titleOf)).toContain("ConfigMap/shop-tests-end-to-end-config-1234abcd");
  });

  it("keep the first one's objects as they are, whatever comes beside it", async () => {
    const args: TestRunnerArgs = {
      ...{ namespace: "staging", image, services: [service("deals")], commit: "9dff06f" },
    };
    const alone = objectsOf(await construct(() => new TestRunner("t", { ...args, command: ["test"] })));
    const beside = objectsOf(
      await construct(
        () =>
          new TestRunner("t", { ...args, suites: [{ name: "a", command: ["a"] }, { command: ["test"] }] }),
      ),
    );
    expect(beside).toEqual(expect.arrayContaining(alone));
    expect(beside.length).toBe(alone.length + 1);
  });
});

const podOf = async (more: object) => {
  const construction = await construct(
    () =>
      new TestRunner("t", {
        ...{ namespace: "staging", image, services: [service("deals")], commit: "9dff06f" },
        suites: [{ name: "a", command: ["a"], ...more }],
      }),
  );
  return objectsOf(construction).flatMap((object) => templateOf(object) ?? [])[0]?.spec;
};

describe("a suite that states resources", () => {
  it("has those, and what waits before it has the usual ones", async () => {
    const limits = { cpu: "2", memory: "2Gi" };
    const spec = await podOf({ limits });
    expect(spec?.containers[0]?.resources).toEqual({
      requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
      limits: { ...limits, "ephemeral-storage": "1Gi" },
    });
    expect(spec?.initContainers?.[0]?.resources).toEqual((await podOf({}))?.containers[0]?.resources);
  });

  it("has room for folders with a size beside the rest", async () => {
    const spec = await podOf({ writablePaths: ["/tmp", "/data:2Gi"] });
    expect(spec?.containers[0]?.resources).toMatchObject({ limits: { "ephemeral-storage": "3Gi" } });
    expect(spec?.volumes).toEqual([
      { name: "writable-0", emptyDir: { sizeLimit: "3Gi" } },
      { name: "writable-1", emptyDir: { sizeLimit: "2Gi" } },
    ]);
  });

  it("has the environment's quota grow by what it needs beyond a usual one", async () => {
    const memoryOf = async (...tests: typeof suites.tests) => {
      const made = await construct(() => new EphemeralEnvironment("shop", { ...suites, tests }));
      const found = objectsOf(made).find(({ kind }) => kind === "ResourceQuota")?.content as
        { spec: { hard: Record<string, string> } } | undefined;
      return found?.spec.hard["limits.memory"];
    };
    const usual = { command: ["npm", "test"] };
    const large = { ...usual, name: "browser", limits: { cpu: "1", memory: "2304Mi" } };
    expect([await memoryOf(usual), await memoryOf(usual, large)]).toEqual(["1Gi", "3Gi"]);
  });
});

describe("a suite that writes results", () => {
  it("has a folder for them, which another container reads after it", async () => {
    const spec = await podOf({ results: "/out/junit.xml", writablePaths: ["/tmp", "/out"] });
    expect(spec).toMatchObject({
      terminationGracePeriodSeconds: 5,
      initContainers: [
        {
          ...{ name: "results", restartPolicy: "Always" },
          volumeMounts: [{ name: "results", mountPath: "/out", readOnly: true }],
        },
        { name: "connections" },
      ],
    });
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      { name: "writable-0", mountPath: "/tmp" },
      { name: "results", mountPath: "/out" },
    ]);
    expect(spec?.volumes?.map(({ name }) => name)).toEqual(["writable-0", "results"]);
  });

  it("differs from one that writes none in nothing but that", async () => {
    const spec = await podOf({});
    expect(spec).toMatchObject({
      initContainers: [{ name: "connections" }],
      terminationGracePeriodSeconds: 1,
    });
    expect(spec).not.toHaveProperty("volumes");
  });
});

describe("the suites that run", () => {
  const all: Suite[] = ["test", "smoke", "load"].map((name) => ({ name, cronJob: suiteCronJob(name) }));

  it("are all of them, unless one is named", () => {
    expect(chosenSuites(all, "env-a", {})).toEqual(all);
    expect(chosenSuites(all, "env-a", { suite: "smoke", command: ["sh"] })).toEqual([all[1]]);
    expect(chosenSuites(all.slice(0, 1), "env-a", { command: ["sh"] })).toEqual(all.slice(0, 1));
  });

  it("are never guessed", () => {
    expect(() => chosenSuites(all, "env-a", { suite: "smok" })).toThrow(
      'smok" is not among the test suites of namespace env-a: did you mean smoke?',
    );
    expect(() => chosenSuites(all, "env-a", { command: ["sh"] })).toThrow(
      "a command after -- is for one suite, and namespace env-a has load, smoke, test: name one of them before it",
    );
  });
});

describe("words after --", () => {
  const word = fc.constantFrom("a", "sh", "-c", "--", "--stack", "x");
  const own = fc.constantFrom("a", "b");

  it("are the command's, all of them, and those before it are not", () => {
    fc.assert(
      fc.property(fc.array(own, { maxLength: 2 }), fc.array(word), (before, after) => {
        const typed = ["test", ...before, "--stack", "x", "--", ...after];
        expect(partedWords([...before, ...after], typed)).toEqual([before, after]);
        expect(partedWords(before, ["test", ...before])).toEqual([before, undefined]);
      }),
    );
  });
});
