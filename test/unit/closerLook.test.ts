import type { V1Deployment, V1Pod } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import type { Look } from "../../cli/kubernetes/closerLook.ts";
import { own, type EnvironmentState } from "../../cli/kubernetes/environmentState.ts";
import type { Finding } from "../../cli/diagnosis/rules/finding.ts";
import { allFindings } from "../../cli/diagnosis/findings.ts";
import { gateFindings } from "../../cli/diagnosis/gate.ts";
import { jobLabels } from "../../components/model/objects/jobs.ts";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import { judgedHealth } from "../../components/readiness/judgement.ts";
import { as, crashed, job, nothing, one, pod, ready, uses } from "./brokenPods.ts";

const networkPolicies = [uses("app", "store"), uses("store")];
const running = { state: { running: { startedAt: "2026-01-01T00:00:05Z" } }, ready: false, restartCount: 0 };
const unready = [{ type: "Ready", status: "False", lastTransitionTime: "2026-01-01T00:00:00Z" }];
const probes = { readinessProbe: { httpGet: { path: "/health", port: 80 } } };
const starting = pod("app", { containers: [running], conditions: unready, probes });
const fine = pod("app", { containers: [{ ...running, ready: true }], conditions: ready(), probes });
const store = pod("store", { containers: [{ ...running, ready: true }], conditions: ready() });

const probed = (answer: string) =>
  as<EnvironmentState["events"][0]>({
    ...{ reason: "Unhealthy", message: `Readiness probe failed: ${answer}`, metadata: {} },
    involvedObject: { uid: "app-1", fieldPath: "spec.containers{app}" },
  });
const refused = probed("dial tcp 10.244.0.9:80: connect: connection refused");

/** What the health page of `app` says. */
function answering(status: number | undefined, body: string, failure?: string, milliseconds = 10): Look {
  const asked = { asked: "GET /health on port 80", body };
  const answer = { ...asked, ...(status !== undefined && { status }), ...(failure && { failure }) };
  return { page: { service: "app", ...judgedHealth(answer, "/health"), milliseconds } };
}

function found(look: Look, state: Partial<EnvironmentState> = {}): Partial<Finding>[] {
  const looks = new Map([["app-1", look]]);
  return allFindings({ ...nothing, pods: [starting, store], networkPolicies, looks, ...state });
}

describe("a service that is not ready", () => {
  it("is still starting where nothing listens yet, with the last lines of its log", () => {
    expect(found({ log: "loading\n40 %\n" }, { events: [refused] })).toMatchObject([
      {
        cause: "slow",
        service: "app",
        evidence: expect.stringMatching(/connection refused$/) as string,
        lines: ["loading", "40 %"],
      },
    ]);
    // Once it was ready, or has ended, that is not all.
    const before = pod("app", {
      containers: [running],
      probes,
      conditions: [{ ...unready[0], lastTransitionTime: "2026-01-01T00:01:00Z" }],
    });
    expect(found({}, { pods: [before, store], events: [refused] })).toMatchObject([
      { cause: "readiness-failing" },
    ]);
  });

  it("is still starting where its page answers, only later than the probe waits", () => {
    const late = { cause: "slow", evidence: "GET /health on port 80 answers, after 3.2 s" };
    const events = [probed("context deadline exceeded")];
    expect(found(answering(200, "", undefined, 3200), { events })).toMatchObject([late]);
  });

  it("is told with what its page says, and with the seed that waits for it", () => {
    const failing = answering(503, "no table deals", "/health answers 503");
    const evidence = "GET /health on port 80: /health answers 503: no table deals";
    const state = { events: [probed("HTTP probe failed with statuscode: 503")] };
    expect(found(failing, state)).toMatchObject([{ cause: "readiness-failing", evidence }]);
    const metadata = { name: "app", annotations: { "dynenv/seed": "app-seed-x" } };
    const deployments = [as<V1Deployment>({ metadata, status: done })];
    const waits = `${evidence}; its seed app-seed-x waits until it is ready`;
    expect(found(failing, { ...state, deployments })).toMatchObject([{ evidence: waits }]);
    const begun = { ...state, deployments, jobs: [job("seed", "app-seed-x", { filled: "app", status: {} })] };
    expect(found(failing, begun)).toMatchObject([{ evidence }]);
  });

  it("comes after what its page names, whatever the status", () => {
    const body = '{"health":[{"service":"store","status":"err"}]}';
    for (const look of [answering(200, body), answering(500, body, "/health answers 500")])
      expect(found(look, { events: [probed("HTTP probe failed with statuscode: 500")] })).toMatchObject([
        { cause: "dependency-down", service: "store", object: "Pod/app-1" },
        { service: "app" },
      ]);
  });

  it("comes after a database that takes connections and says nothing, where its own page hangs", () => {
    const hangs = answering(undefined, "", "/health: no answer within 12 s");
    const root = { cause: "silent", service: "store", object: "Pod/store-1" };
    const events = [probed("context deadline exceeded")];
    expect(found(hangs, { events })).toMatchObject([root, { cause: "readiness-failing", service: "app" }]);
    // One with a page of its own that answers is not suspected.
    const asked = pod("store", { containers: [{ ...running, ready: true }], conditions: ready(), probes });
    expect(found(hangs, { events, pods: [starting, asked] })).toMatchObject([{ service: "app" }]);
  });
});

const done = { updatedReplicas: 1, availableReplicas: 1, replicas: 1, observedGeneration: 1 };

describe("a service that counts as ready", () => {
  it("is not, where its page says so", () => {
    const page = answering(302, "", "/health answers 302");
    expect(found(page, { pods: [fine, store] })).toMatchObject([{ cause: "no-answer", service: "app" }]);
    const names = answering(200, '{"health":[{"service":"smtp","status":"err"}]}');
    expect(found(names, { pods: [fine, store] })).toMatchObject([
      { cause: "dependency-down", service: "app" },
    ]);
    expect(found(answering(200, "fine"), { pods: [fine, store] })).toEqual([]);
  });

  it("is not, while its roll-out lasts", () => {
    const rolled = (more: object) => {
      const metadata = { name: "app", generation: 2 };
      return as<V1Deployment>({
        metadata,
        spec: { replicas: 1, template: {} },
        status: { ...done, observedGeneration: 2, ...more },
      });
    };
    const judged = (status: object) => found({}, { pods: [fine, store], deployments: [rolled(status)] });
    expect(judged({})).toEqual([]);
    for (const status of [
      { observedGeneration: 1 },
      { updatedReplicas: 0 },
      { availableReplicas: 0 },
      { replicas: 2 },
    ])
      expect(judged(status)).toMatchObject([{ cause: "slow", service: "app" }]);
  });

  it("is not, where it was scaled to none", () => {
    const deployments = [
      as<V1Deployment>({ metadata: { name: "store" }, spec: { replicas: 0, template: {} } }),
    ];
    expect(one({ deployments })).toMatchObject([{ cause: "scaled-down", service: "store" }]);
  });
});

it("the root is what has been broken longest, where no service uses another", () => {
  const apart = [uses("app"), uses("zebra")];
  const never = pod("zebra", { containers: [running], conditions: unready });
  const flaps = [{ type: "Ready", status: "False", lastTransitionTime: "2026-01-01T00:02:00Z" }];
  const flapping = pod("app", { containers: [crashed(2)], conditions: flaps });
  const found = allFindings({ ...nothing, pods: [flapping, never], networkPolicies: apart });
  expect(found.map(({ service }) => service)).toEqual(["zebra", "app"]);
});

describe("a readiness Job", () => {
  const doubt = (...jobs: EnvironmentState["jobs"]) =>
    gateFindings({ ...nothing, jobs }, []).map(({ cause, evidence }) => `${cause}: ${evidence}`);
  const gate = (status: object) => job("readiness", "readiness", { status });

  it("says nothing where it is missing, runs, or failed without a report", () => {
    expect(doubt()).toEqual(["not-checked: it has no readiness Job"]);
    const theirs = as<EnvironmentState["jobs"][0]>({ metadata: { name: "readiness" } });
    expect(doubt(theirs)).toEqual(["not-checked: it has no readiness Job"]);
    expect(doubt(gate({}))).toEqual(["not-checked: its readiness Job has not ended"]);
    expect(doubt(job("readiness", "readiness"))).toEqual([
      "not-checked: its readiness Job left no report: has failed",
    ]);
    expect(doubt(gate({ conditions: [{ type: "Complete", status: "True" }] }))).toEqual([]);
  });

  it("that has not ended is not mentioned beside what it waits for", () => {
    const jobs = [gate({})];
    const known = allFindings({ ...nothing, pods: [pod("app", { containers: [crashed(2)] })] });
    expect(known).toHaveLength(1);
    expect(gateFindings({ ...nothing, jobs }, known)).toEqual([]);
    expect(gateFindings({ ...nothing, jobs: [] }, known)).toHaveLength(1);
  });
});

it("a readiness Job that asked another revision does not count", () => {
  const annotations = { "dynenv/revisions": "readiness-x" };
  const gate = {
    metadata: { name: "readiness", labels: jobLabels("readiness") },
    spec: { template: { metadata: { annotations } } },
    status: { conditions: [{ type: "Complete", status: "True" }] },
  };
  const service = { metadata: { name: "readiness-x" }, spec: { ports: [{ name: "app", targetPort: "r1" }] } };
  const deployed = (revision: string) => {
    const containers = [{ name: "proxy" }, { name: "app", ports: [{ name: revision }] }];
    return {
      metadata: { name: "app" },
      spec: { template: { metadata: { labels: { app: "app" } }, spec: { containers } } },
    };
  };
  const way = { metadata: { name: "app" }, spec: { selector: workloadLabels("app"), ports: [] } };
  const doubt = (revision: string, ...others: object[]) => {
    const services = [way, ...others];
    return gateFindings(
      as({ ...nothing, jobs: [gate], deployments: [deployed(revision)], services }),
      [],
    ).map(({ evidence }) => evidence);
  };
  expect(doubt("r1", service)).toEqual([]);
  expect(doubt("r2", service)).toEqual(["its readiness Job asked another revision of app"]);
  expect(doubt("r2")).toEqual(["its readiness Job asked revisions that are there no longer"]);
});

it("what people put beside the environment is not judged", () => {
  const theirs = as<V1Pod>({ metadata: { name: "debug", labels: { "app.kubernetes.io/name": "app" } } });
  const ours = as<V1Pod>({ metadata: { name: "test", labels: jobLabels("test") } });
  expect(own([theirs, ours])).toEqual([ours]);
});
