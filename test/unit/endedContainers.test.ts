import type { V1Pod } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import { endedContainers, withLastLines, withoutLastLines } from "../../cli/kubernetes/endedContainers.ts";
import { as } from "./brokenPods.ts";

const ended = (id: string, more: object = {}) => ({ terminated: { containerID: id, exitCode: 1, ...more } });
const running = { running: {} };
const waiting = { waiting: { reason: "CrashLoopBackOff" } };

function podWith(state: object, lastState: object = {}): V1Pod {
  const containerStatuses = [{ name: "app", state, lastState }];
  return as({ metadata: { namespace: "env", name: "app-1" }, status: { containerStatuses } });
}

function messages(pod: V1Pod): (string | undefined)[] {
  const [status] = pod.status?.containerStatuses ?? [];
  return [status?.state?.terminated?.message, status?.lastState?.terminated?.message];
}

describe("the log that is read of a container", () => {
  const of = { namespace: "env", pod: "app-1", name: "app" };
  it.each([
    ["has ended", podWith(ended("a"), ended("b")), [{ ...of, id: "a", isPrevious: false }]],
    ["waits for its next run", podWith(waiting, ended("b")), [{ ...of, id: "b", isPrevious: true }]],
    ["runs again", podWith(running, ended("b")), [{ ...of, id: "b", isPrevious: true }]],
    ["runs for the first time", podWith(running), []],
    ["ended as it should", podWith(ended("a", { exitCode: 0 })), []],
    ["said itself why it ended", podWith(ended("a", { message: "not ready" })), []],
    ["was never there for its node", podWith({ terminated: { exitCode: 137 } }), []],
  ])("that %s", (_what, pod, expected) => {
    expect(endedContainers(pod)).toEqual(expected);
  });
});

describe("a pod with the last lines of its containers", () => {
  it("has those of each run, and keeps what a container said itself", () => {
    const known = new Map([
      ["a", "from the log"],
      ["b", "from an earlier log"],
    ]);
    const pod = podWith(ended("a"), ended("b", { message: "own words" }));
    expect(messages(withLastLines(pod, known))).toEqual(["from the log", "own words"]);
    expect(messages(pod)).toEqual([undefined, "own words"]);
  });

  it("says nothing of a run whose log is not known", () => {
    expect(messages(withLastLines(podWith(waiting, ended("b")), new Map()))).toEqual([undefined, ""]);
  });

  it("can be had without any", () => {
    const pod = podWith(ended("a", { message: "canary" }), ended("b", { message: "canary" }));
    expect(JSON.stringify(withoutLastLines(pod))).not.toContain("canary");
  });
});
