import { describe, expect, it } from "vitest";
import { containerFailed } from "../../cli/kubernetes/containerStatuses.ts";
import { gateFindings } from "../../cli/diagnosis/gate.ts";
import { jobFindings } from "../../cli/diagnosis/rules/job.ts";
import { lingeringJob } from "../../cli/environment/lingeringJobs.ts";
import { job, nothing, podOf } from "./brokenPods.ts";

const ended = (name: string, exitCode: number) => ({ name, state: { terminated: { exitCode } } });
const runs = (name: string) => ({ name, state: { running: {} } });
const gate = job("readiness", "readiness");

describe("a Job with a container that somebody injected", () => {
  it.each([
    ["before", [runs("a-proxy"), ended("readiness", 0)]],
    ["behind", [ended("readiness", 0), runs("a-proxy")]],
  ])("lingers once its own has ended well, and the other is %s it", (_where, containers) => {
    expect(lingeringJob(podOf(gate, { containers }))).toEqual({ name: "readiness", beside: ["a-proxy"] });
  });

  it("lingers once its own has failed, with its last words", () => {
    const failed = { name: "readiness", state: { terminated: { exitCode: 1, message: "not ready" } } };
    const pod = podOf(gate, { containers: [failed, runs("a-proxy")] });
    if (pod.spec) pod.spec.restartPolicy = "Never";
    const failure = { exitCode: 1, message: "not ready" };
    expect(lingeringJob(pod)).toEqual({ name: "readiness", beside: ["a-proxy"], failure });
  });

  it.each([
    ["its own runs", [runs("readiness"), runs("a-proxy")]],
    ["its own is to be tried again", [ended("readiness", 1), runs("a-proxy")]],
    ["all have ended", [ended("readiness", 0), ended("a-proxy", 0)]],
    ["there is none", [ended("readiness", 0)]],
  ])("does not linger while %s", (_when, containers) => {
    expect(lingeringJob(podOf(gate, { containers }))).toBeUndefined();
  });

  it("is left alone where it is somebody else's", () => {
    const theirs = podOf(gate, { containers: [ended("readiness", 0), runs("a-proxy")] });
    delete theirs.metadata?.labels?.["app.kubernetes.io/part-of"];
    expect(lingeringJob(theirs)).toBeUndefined();
  });

  it("says what its container said at its end, though its pod is gone", () => {
    const commit = { asked: "GET /version on port 80", status: 200, commit: "1", failure: "reports 1" };
    const message = JSON.stringify({
      ...{ summary: "not ready", omitted: 0 },
      services: [{ service: "deals", milliseconds: 1, ...commit }],
    });
    const conditions = [{ type: "Failed", status: "True", reason: containerFailed, message }];
    const jobs = [job("readiness", "readiness", { status: { conditions } })];
    expect(jobFindings({ ...nothing, jobs })).toMatchObject([{ cause: "wrong-commit", service: "deals" }]);
    expect(gateFindings({ ...nothing, jobs }, [])).toEqual([]);
  });

  it("is named where it is what fails", () => {
    const pods = [
      podOf(gate, { phase: "Failed", containers: [ended("readiness", 0), ended("a-proxy", 137)] }),
    ];
    const evidence =
      "its readiness Job failed with its container a-proxy, which was injected and ended with exit code 137";
    expect(gateFindings({ ...nothing, jobs: [gate], pods }, [])).toMatchObject([
      { cause: "not-checked", evidence },
    ]);
  });
});
