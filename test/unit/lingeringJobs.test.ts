import { describe, expect, it } from "vitest";
import { gateFindings } from "../../cli/diagnosis/gateRules.ts";
import { lingeringJob } from "../../cli/lingeringJobs.ts";
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

  it.each([
    ["its own runs", [runs("readiness"), runs("a-proxy")]],
    ["its own has failed", [ended("readiness", 1), runs("a-proxy")]],
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

  it("is named where it is what fails", () => {
    const pods = [
      podOf(gate, { phase: "Failed", containers: [ended("readiness", 0), ended("a-proxy", 137)] }),
    ];
    const evidence =
      "its readiness Job failed with its container a-proxy, which was injected and ended with exit code 137";
    expect(gateFindings({ ...nothing, jobs: [gate], pods })).toMatchObject([
      { cause: "not-checked", evidence },
    ]);
  });
});
