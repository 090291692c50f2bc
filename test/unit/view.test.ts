import type { CoreV1Event, V1Pod } from "#bundled/kubernetes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { phaseOf } from "../../cli/view/phase.ts";
import { seeEvent, seePod, steps, type Marks, type Pods } from "../../cli/view/pods.ts";
import { services } from "../../cli/view/services.ts";
import "./seed.ts";
import {
  added,
  anyTold,
  ended,
  jobLabels,
  removed,
  running,
  see,
  seen,
  waiting,
  wholeLife,
  type Told,
} from "./watchedPods.ts";

const marksIn = (pods: Pods, uid = "a"): Marks | undefined => pods.get(uid)?.marks;
const phaseIn = (...told: Told[]) => {
  const pod = seen(told).get("a");
  return pod && phaseOf(pod);
};
const life = wholeLife.map((one) => added("a", one));
const [created, scheduled, creating, started, ready, ends] = life as [Told, Told, Told, Told, Told, Told];
const pulling = { uid: "a", reason: "Pulling" };
const pulled = { uid: "a", reason: "Pulled" };
const onNode = { node: true };

describe("the marks of a pod", () => {
  it("tell when it was seen to take each step", () => {
    const pods = seen([created, scheduled, pulling, pulled, started, ready, ends, removed("a")]);
    expect(marksIn(pods)).toEqual({ created: 1, scheduled: 2, pulled: 4, started: 5, ready: 6, removed: 8 });
  });

  it("take the image for pulled when the container starts, where events are not told", () => {
    expect(marksIn(seen([created, scheduled, creating, started]))).toEqual({
      ...{ created: 1, scheduled: 2, pulled: 4, started: 4 },
    });
  });

  it("leave out what happened before the run", () => {
    expect(marksIn(seen([ready, pulled]))).toEqual({});
    expect(marksIn(seen([ready, ends, removed("a")]))).toEqual({ removed: 3 });
    expect(marksIn(seen([scheduled, started]))).toEqual({ pulled: 2, started: 2 });
  });

  it("do not call started what ended before it could", () => {
    const lost = { terminated: { exitCode: 137, reason: "ContainerStatusUnknown", startedAt: null } };
    const pods = seen([created, scheduled, added("a", { ...onNode, state: lost, phase: "Failed" })]);
    expect(marksIn(pods)).toEqual({ created: 1, scheduled: 2 });
  });

  it("call a Job's pod ready when its work is done, not when it runs", () => {
    const labels = jobLabels("readiness");
    const runs = added("a", { labels, ...onNode, state: running, isReady: true, phase: "Running" });
    const done = added("a", { labels, ...onNode, state: ended(0), phase: "Succeeded" });
    expect(marksIn(seen([added("a", { labels }), runs, done]))).toMatchObject({ started: 2, ready: 3 });
  });

  it("are in the order of the steps, are never in the future and never change", () => {
    fc.assert(
      fc.property(anyTold, (told) => {
        let pods: Pods = new Map();
        told.forEach((one, second) => {
          const before = pods;
          pods = see(pods, one, second);
          for (const [uid, { marks }] of pods) {
            const inOrder = steps.flatMap((step) => marks[step] ?? []);
            expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
            expect(Math.max(0, ...inOrder)).toBeLessThanOrEqual(second);
            expect(marks).toMatchObject(before.get(uid)?.marks ?? {});
          }
        });
      }),
    );
  });

  it("stay as they are when a new watch tells everything again", () => {
    fc.assert(
      fc.property(anyTold, (told) => {
        const pods = seen(told);
        const again = [...pods].map(([uid, { pod, step }]): Told => ({
          ...{ uid, pod },
          type: step === "removed" ? "DELETED" : "ADDED",
        }));
        const events = told.filter((one) => !("pod" in one) && one.reason !== "Pulled");
        const later = seen([...events, ...again], pods, 100);
        for (const [uid, { marks }] of pods) expect(marksIn(later, uid)).toEqual(marks);
      }),
    );
  });

  it("survive what lacks nearly everything", () => {
    const [bare, empty]: object[] = [{ metadata: { uid: "a" } }, {}];
    const pods = seePod(new Map(), "ADDED", bare as V1Pod, 1);
    expect(seePod(seeEvent(pods, empty as CoreV1Event, 2), "BOOKMARK", empty as V1Pod, 3)).toBe(pods);
    expect(services(pods)).toMatchObject([{ name: "", phase: { text: "waits for a node" } }]);
  });
});

describe("the phase of a pod", () => {
  it.each<[string, Told[]]>([
    ["waits for a node", [created]],
    [
      "waits for a node: 0/1 nodes are available: 1 Insufficient cpu",
      [
        created,
        {
          uid: "a",
          reason: "FailedScheduling",
          message: "0/1 nodes are available: 1 Insufficient cpu. preemption: no.",
        },
      ],
    ],
    ["starts", [created, scheduled]],
    [
      "starts: secret not found",
      [created, scheduled, { uid: "a", reason: "FailedMount", message: "secret not found" }],
    ],
    ["pulls image", [created, scheduled, pulling, creating]],
    ["starts", [created, scheduled, pulling, pulled, creating, pulling]],
    ["ImagePullBackOff", [created, added("a", { ...onNode, state: waiting("ImagePullBackOff") })]],
    ["CrashLoopBackOff", [created, started, added("a", { ...onNode, state: waiting("CrashLoopBackOff") })]],
    ["waits for its probe", [created, started]],
    [
      "waits for its probe: connect: connection refused",
      [
        started,
        {
          ...{ uid: "a", reason: "Unhealthy" },
          message:
            'Readiness probe failed: Get "http://10.244.0.7:8080/health": dial tcp 10.244.0.7:8080: connect: connection refused',
        },
      ],
    ],
    [
      "waits for its probe: HTTP probe failed with statuscode: 503",
      [
        started,
        {
          ...{
            uid: "a",
            reason: "Unhealthy",
            message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
          },
        },
      ],
    ],
    ["ready", [created, started, ready]],
    ["waits for its probe", [ready, started]],
    ["ended with exit code 3", [started, added("a", { ...onNode, state: ended(3), phase: "Failed" })]],
    ["ends", [ready, ends]],
    ["gone", [ready, ends, removed("a")]],
  ])("is: %s", (text, told) => {
    expect(phaseIn(...told)?.text).toBe(text);
  });
});

describe("the services of an environment", () => {
  const states = (...told: Told[]) => services(seen(told)).map(({ name, phase }) => `${name}: ${phase.text}`);
  const named = (uid: string, name: string, more: object = {}) =>
    added(uid, { labels: { "app.kubernetes.io/name": name }, ...more });
  const up = { ...onNode, state: running, isReady: true };

  it("are as far as the last of their pods that stay", () => {
    expect(states(named("a", "deals", up), named("b", "deals"))).toEqual(["deals: waits for a node"]);
    expect(states(named("a", "deals", { ...up, isDeleted: true }), named("b", "deals", up))).toEqual([
      "deals: ready",
    ]);
    expect(states(named("a", "deals", { ...onNode, phase: "Failed" }), named("b", "deals", up))).toEqual([
      "deals: ready",
    ]);
  });

  it("tell whom the readiness Job waits for", () => {
    const gate = added("c", { labels: jobLabels("readiness"), ...onNode, state: running });
    expect(states(named("a", "deals"), named("b", "catalogue", up), gate)).toContain(
      "readiness: waits for deals",
    );
    expect(states(named("a", "deals", up), gate)).toContain("readiness: asks the services");
  });

  it("call the tests' Job by the name of what it was started from", () => {
    const job = (name: string) => added(name, { labels: jobLabels(name) });
    expect(states(job("test-x7k2p"), job("catalogue-db-seed-0a1b2c3d"), job("seeds"))).toEqual([
      ...[
        "test: waits for a node",
        "catalogue-db-seed-0a1b2c3d: waits for a node",
        "seeds: waits for a node",
      ],
    ]);
  });

  it("are gone when all of their pods are", () => {
    fc.assert(
      fc.property(anyTold, (told) => {
        const pods = seen(told);
        for (const { name, phase, marks } of services(pods)) {
          const isGone = phase.text === "gone";
          expect(marks.removed !== undefined).toBe(isGone);
          const gone = services(new Map([...pods].filter(([, { step }]) => step !== "removed")));
          expect(gone.some((one) => one.name === name)).toBe(!isGone);
        }
      }),
    );
  });
});
