import { expect, it } from "vitest";
import { podFailure } from "../../cli/environment/podFailure.ts";
import { job, podOf } from "./brokenPods.ts";

const tests = job("test", "test-x");
const ended = (exitCode: number) => [{ name: "test", state: { terminated: { exitCode } } }];
const late = { reason: "DeadlineExceeded", phase: "Failed" };

it.each([
  ["one that ended well", { containers: ended(0) }, undefined],
  ["one that succeeded, whatever is known of its container", { phase: "Succeeded" }, undefined],
  ["one that failed", { containers: ended(3), phase: "Failed" }, "its container ended with exit code 3"],
  [
    "one of whose container nothing is known",
    { phase: "Failed" },
    "its container ended with exit code unknown",
  ],
  ["one that ended well beside another that failed", { containers: ended(0), phase: "Failed" }, undefined],
  ["one that ran too long", { containers: ended(137), status: late }, "it did not end within 60 s"],
])("tells of %s", (_what, life, told) => {
  const pod = podOf(tests, life);
  if (pod.spec) pod.spec.activeDeadlineSeconds = 60;
  expect(podFailure(pod)).toBe(told);
});
