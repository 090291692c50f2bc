import type { V1Deployment, V1Job, V1Pod } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import { allFindings } from "../../cli/diagnosis/findings.ts";
import { stateOf } from "../../cli/diagnosis/diagnosis.ts";
import { untilHopeless } from "../../cli/diagnosis/failFast.ts";
import { lingeringJob } from "../../cli/environment/lingeringJobs.ts";
import type { Observation } from "../../cli/kubernetes/observation.ts";
import {
  serviceJobLabels,
  serviceJobPodLabels,
  type ServiceJobRole,
} from "../../components/model/objects/jobs.ts";
import { as, nothing, one, waits } from "./brokenPods.ts";

const failed = { conditions: [{ type: "Failed", status: "True", message: "it has failed" }] };
const complete = { conditions: [{ type: "Complete", status: "True" }] };

function job(status: object, role: ServiceJobRole = "before"): V1Job {
  const metadata = { name: `app-${role}-x`, uid: "j", labels: serviceJobLabels(role, "app") };
  return as<V1Job>({ metadata, status });
}

interface Ended {
  phase?: string;
  reason?: string;
  containers?: object[];
  first?: object[];
}

/** A pod of that Job, with two commands and what waits before them. */
function podOf(
  role: ServiceJobRole,
  { phase = "Failed", reason, containers = [], first = [] }: Ended,
): V1Pod {
  const labels = {
    ...serviceJobPodLabels(role, "app"),
    "batch.kubernetes.io/job-name": `app-${role}-x`,
  };
  const named = (name: string) => ({ name, resources: { limits: { memory: "64Mi" } } });
  return as<V1Pod>({
    metadata: { name: "pod", uid: "p", labels },
    spec: {
      ...{ nodeName: "node", activeDeadlineSeconds: 60, restartPolicy: "Never" },
      initContainers: [named("connections"), named(`${role}-1`)],
      containers: [named(role)],
    },
    status: { phase, reason, initContainerStatuses: first, containerStatuses: containers },
  });
}

const ended = (name: string, exitCode: number, message = "", more: object = {}) => ({
  ...{ name, restartCount: 0, ready: false },
  state: { terminated: { exitCode, message, ...more } },
});
const runs = (name: string) => ({ name, restartCount: 0, ready: true, state: { running: {} } });
const idle = { ...waits("PodInitializing"), name: "before" };
const well = (name: string) => ended(name, 0);
const told = (pod: V1Pod, status: object = failed) => one({ jobs: [job(status)], pods: [pod] });

describe("a step before a service that failed", () => {
  it("is a cause of its own, with the step and its last lines", () => {
    const first = [well("connections"), ended("before-1", 1, "Error: no such table\n  at x\n")];
    expect(told(podOf("before", { first, containers: [idle] }))).toEqual([
      {
        ...{ cause: "before-failed", service: "app", object: "Job/app-before-x", patience: undefined },
        evidence: "step 1 of 2: exit code 1: Error: no such table",
        lines: ["Error: no such table", "at x"],
      },
    ]);
    const last = { first: [well("connections"), well("before-1")], containers: [ended("before", 3)] };
    expect(told(podOf("before", last))).toMatchObject([
      { cause: "before-failed", evidence: "step 2 of 2: exit code 3" },
    ]);
  });

  it("is told as such where it did not end in time", () => {
    const first = [well("connections"), ended("before-1", 137, "waits for a lock\n")];
    expect(told(podOf("before", { reason: "DeadlineExceeded", first, containers: [idle] }))).toMatchObject([
      {
        cause: "before-failed",
        evidence: "step 1 of 2 did not end within 60 s: waits for a lock",
        lines: ["waits for a lock"],
      },
    ]);
  });

  it("names what does not take its connections", () => {
    const sentence = "no connection within 50 s to db (ECONNREFUSED on port 5432)";
    const first = [ended("connections", 1, `${sentence}; see dynenv diagnose`)];
    expect(told(podOf("before", { first, containers: [idle] }))).toMatchObject([
      { cause: "before-failed", evidence: sentence },
    ]);
  });

  it.each([
    [
      "command-missing",
      ended("before-1", 128, 'exec: "/m": stat /m: no such file or directory', { reason: "StartError" }),
    ],
    ["out-of-memory", ended("before-1", 137, "", { reason: "OOMKilled" })],
    ["image-wrong-platform", ended("before-1", 1, "exec /m: exec format error")],
  ])("is of another cause where that is known: %s", (cause, container) => {
    const first = [well("connections"), container];
    const [finding] = told(podOf("before", { first, containers: [idle] }));
    expect(finding).toMatchObject({ cause, service: "app" });
    expect(finding?.evidence).toMatch(/^step 1 of 2: /);
    expect(finding?.patience).toBeUndefined();
  });

  it("says what the Job says where its pod is gone", () => {
    expect(one({ jobs: [job(failed)] })).toMatchObject([
      { cause: "before-failed", evidence: "it has failed" },
    ]);
  });

  it("is told beside what else is wrong with the service", () => {
    const pods = [podOf("before", { first: [ended("before-1", 1)] })];
    const conditions = [{ type: "ReplicaFailure", status: "True", message: "exceeded quota: environment" }];
    const deployment = as<V1Deployment>({ metadata: { name: "app", uid: "d" }, status: { conditions } });
    const causes = one({ jobs: [job(failed)], pods, deployments: [deployment] }).map(({ cause }) => cause);
    expect(causes.sort()).toEqual(["before-failed", "quota-exceeded"]);
  });
});

describe("what comes before a service", () => {
  it("is no trouble once it has ended well, and none of a task ever is", () => {
    const done = podOf("before", { phase: "Succeeded", containers: [well("before")] });
    expect(told(done, complete)).toEqual([]);
    const task = podOf("task", { containers: [ended("task", 1, "no")] });
    expect(one({ jobs: [job(failed, "task")], pods: [task] })).toEqual([]);
  });

  it("is why nothing is there of the service yet: nobody deleted it", () => {
    expect(one({ deleted: ["app"], jobs: [job({})] })).toEqual([]);
    expect(one({ deleted: ["app"], jobs: [job(complete)] })).toMatchObject([{ cause: "deleted" }]);
  });

  it("is named while it runs", () => {
    const pod = podOf("before", {
      phase: "Pending",
      first: [well("connections"), runs("before-1")],
      containers: [idle],
    });
    const state = { ...nothing, jobs: [job({})], pods: [pod] };
    expect(one(state)).toEqual([]);
    expect(allFindings(state)).toMatchObject([
      {
        ...{ cause: "slow", service: "app", object: "Job/app-before-x" },
        evidence: "what comes before it has not ended: step 1 of 2",
      },
    ]);
  });

  it("has containers of its own, none of which was injected", () => {
    const first = [well("connections"), { ...waits("ImagePullBackOff", "a:1: not found"), name: "before-1" }];
    const [pull] = told(podOf("before", { phase: "Pending", first, containers: [idle] }), {});
    expect(pull).toMatchObject({ cause: "image-missing", service: "app" });
    expect(pull?.evidence).toBe("its container before-1: a:1: not found");
    const proxy = { ...waits("ImagePullBackOff", "a:1: not found"), name: "a-proxy" };
    const [injected] = told(podOf("before", { phase: "Pending", first: [proxy] }), {});
    expect(injected?.evidence).toBe("its container a-proxy, which was injected: a:1: not found");
  });

  it("is an environment's own, though its pods lack the owner's mark, and does not linger", () => {
    const pod = podOf("before", { phase: "Running", containers: [well("before"), runs("a-proxy")] });
    const objects: Record<string, object[]> = { jobs: [job({})], pods: [pod] };
    const observation = as<Observation>({
      deletedDeployments: [],
      objects: (kind: string) => objects[kind] ?? [],
    });
    expect(stateOf(observation).pods).toEqual([pod]);
    expect(lingeringJob(pod)).toEqual({ name: "app-before-x", beside: ["a-proxy"] });
  });
});

describe("an update that has not reached what is there from before", () => {
  const hopeless = (objects: Record<string, object[]>) => {
    const observation = as<Observation>({
      ...{ deletedDeployments: [], objects: (kind: string) => objects[kind] ?? [] },
      ...{ settled: () => Promise.resolve(), listen: () => undefined, leave: () => undefined },
      looksAt: () => Promise.resolve(new Map()),
    });
    const signal = AbortSignal.timeout(1500);
    return untilHopeless({ observation, signal, counts: () => false });
  };
  const conditions = [{ type: "ReplicaFailure", status: "True", message: 'violates PodSecurity "x"' }];
  const broken = as<V1Deployment>({
    metadata: { name: "app", uid: "d", labels: { "app.kubernetes.io/part-of": "dynenv" } },
    ...{ spec: {}, status: { conditions } },
  });

  it("is ended by what runs before services, and by nothing else", async () => {
    expect(await hopeless({ deployments: [broken] })).toBeUndefined();
    const pods = [podOf("before", { first: [ended("before-1", 1, "no such table")] })];
    const failure = await hopeless({ deployments: [broken], jobs: [job(failed)], pods });
    expect(failure?.findings).toMatchObject([{ cause: "before-failed" }]);
  });
});
