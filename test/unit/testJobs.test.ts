import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ReadinessCheck,
  TestRunner,
  type ReadinessCheckArgs,
  type TestRunnerArgs,
} from "../../components/index.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf, templateOf, type PodTemplate } from "./kubernetesObjects.ts";
import { service } from "./randomServices.ts";
import type { Service } from "../../components/model/graph/service.ts";
import "./seed.ts";

const namespace = "staging";
const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const services = [service("db", { port: 3306 }), service("deals", { commitPath: "/version" })];
const placement = { nodeSelector: { pool: "previews" }, tolerations: [{ key: "spot" }], spreadOver: "zone" };

const check = (more: Partial<ReadinessCheckArgs> = {}) =>
  new ReadinessCheck("gate", {
    ...{ namespace, image, services, application: "deals", commit: "9dff06f" },
    ...{ revisions: { db: "r1", deals: "r2" }, serviceAccountName: "test-runner", ...more },
  });
const tests = (more: Partial<TestRunnerArgs> = {}) =>
  new TestRunner("tests", { namespace, image, services, commit: "9dff06f", command: ["test"], ...more });

async function podOf(build: () => unknown): Promise<PodTemplate> {
  const [template] = objectsOf(await construct(build)).flatMap((object) => templateOf(object) ?? []);
  if (template === undefined) throw new Error("there are no pods");
  return template;
}

describe.each([
  ["readiness Job", check],
  ["tests", tests],
] as const)("the pod of the %s", (_what, build) => {
  it("is the test runner's, and is not moved while it runs", async () => {
    const { metadata, spec } = await podOf(() => build());
    expect(metadata.labels["app.kubernetes.io/name"]).toBe("test-runner");
    expect(metadata.annotations).toMatchObject({ "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" });
    expect(spec).toMatchObject({ serviceAccountName: "test-runner", restartPolicy: "Never" });
  });

  it("runs where it is told to, and anywhere unless it is", async () => {
    expect((await podOf(() => build({ placement }))).spec).toMatchObject({
      nodeSelector: { pool: "previews" },
      tolerations: [{ key: "spot", operator: "Exists" }],
    });
    expect((await podOf(() => build())).spec).not.toHaveProperty("nodeSelector");
  });

  it("is one, so that nothing is spread", async () => {
    expect((await podOf(() => build({ placement }))).spec).not.toHaveProperty("topologySpreadConstraints");
  });
});

describe("the readiness Job", () => {
  const { db, deals } = { db: "r1", deals: "r2" };
  const namedBy = async (revisions: Record<string, pulumi.Input<string>>) =>
    (await podOf(() => check({ revisions }))).metadata.annotations?.["dynenv/revisions"];
  const revision = fc.constantFrom("r1", "r2", "r3");

  it("changes if and only if the revision of some service does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(revision, revision), fc.tuple(revision, revision), async (one, other) => {
        const [before, after] = [
          await namedBy({ db: one[0], deals: one[1] }),
          await namedBy({ db: other[0], deals: other[1] }),
        ];
        expect(before === after).toBe(String(one) === String(other));
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it("changes with what leaves all pods as they are: a seed, or where a service may go", async () => {
    const name = async (more: Partial<Service>) => {
      const services = [service("db"), { ...service("deals"), uses: ["db"], ...more }];
      return (await podOf(() => check({ services }))).metadata.annotations?.["dynenv/revisions"];
    };
    const names = [
      await name({}),
      await name({ seed: { command: ["seed"] } }),
      await name({ seed: { command: ["seed", "again"] } }),
      await name({ egress: [{ cidr: "203.0.113.0/24", port: 443 }] }),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(await name({})).toBe(names[0]);
  });

  it("does not care about the order of the revisions, nor when they are known", async () => {
    const name = await namedBy({ db, deals });
    expect(name).toMatch(/^readiness-[a-z2-7]{12}$/);
    expect(await namedBy({ deals, db: pulumi.output(db) })).toBe(name);
  });

  it("reaches the pods of these revisions alone, ready or not", async () => {
    const [service] = objectsOf(await construct(() => check())).filter(({ kind }) => kind === "Service");
    expect(service?.content.spec).toEqual({
      selector: { "app.kubernetes.io/part-of": "dynenv" },
      publishNotReadyAddresses: true,
      ports: [
        { name: "db", port: 20000, targetPort: db },
        { name: "deals", port: 20001, targetPort: deals },
      ],
    });
    const { containers } = (await podOf(() => check())).spec;
    expect(JSON.stringify(containers)).toContain('\\"pods\\":{\\"host\\":\\"10.96.0.10\\",\\"port\\":20001}');
  });

  it("ends after its program, and Pulumi's wait after both", async () => {
    const job = (await construct(() => check({ readyWithinSeconds: 60 }))).resources.at(-1);
    expect(job).toMatchObject({ createTimeout: "80s", inputs: { spec: { activeDeadlineSeconds: 70 } } });
    expect(JSON.stringify(job)).toContain(String.raw`\"withinSeconds\":50}`);
  });

  it("is replaced by deleting it first, since its name stays", async () => {
    const job = (await construct(() => check())).resources.at(-1);
    expect(job).toMatchObject({ deleteBeforeReplace: true, inputs: { metadata: { name: "readiness" } } });
  });
});

describe("the tests of an environment", () => {
  it("find each service and the commit in their environment", async () => {
    const { containers } = (await podOf(() => tests())).spec;
    expect(containers.map(({ env }) => env)).toEqual([
      [
        { name: "DB_ADDRESS", value: "db:3306" },
        { name: "DEALS_ADDRESS", value: "deals:80" },
        { name: "EXPECTED_COMMIT", value: "9dff06f" },
      ],
    ]);
  });

  it("are started on demand only, and end after the time that they may take", async () => {
    const [cronJob] = objectsOf(await construct(() => tests({ testWithinSeconds: 77 }))).filter(
      ({ kind }) => kind === "CronJob",
    );
    expect(cronJob?.content.spec).toMatchObject({
      suspend: true,
      schedule: "0 0 30 2 *",
      jobTemplate: { spec: { activeDeadlineSeconds: 77, backoffLimit: 0 } },
    });
  });
});
