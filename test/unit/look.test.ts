import { PassThrough } from "node:stream";
import { ApiException, type V1Pod } from "#bundled/kubernetes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accesses } from "../../cli/access/permissions.ts";
import { lookRights } from "../../cli/access/lookRights.ts";
import { lookHint } from "../../cli/commands/look.ts";
import { sinceForm } from "../../cli/commands/logs.ts";
import { listen, portOf } from "../../cli/environment/forwarding.ts";
import { looking, missingRight, requireService, type Inside } from "../../cli/environment/inside.ts";
import { execPath, executionOf } from "../../cli/kubernetes/podExec.ts";
import { SocketRefused } from "../../cli/kubernetes/podSocket.ts";
import {
  hasBegun,
  isPodOf,
  isReady,
  isRunning,
  podSelector,
  WatchedPods,
} from "../../cli/kubernetes/servicePods.ts";
import { logPrefix } from "../../cli/view/logPrefix.ts";
import { roles } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { kubeConfig } from "./looking.ts";
import { ended, jobLabels, podOf, running, waiting } from "./watchedPods.ts";
import "./seed.ts";

const plain = new PassThrough();

describe("the rights of people who look in", () => {
  const granted = roles.developer.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
    ),
  );

  it("come with the access to an environment, but for its marks and its Secrets", () => {
    const needed = lookRights.flatMap(({ apiGroup, resource, verbs }) =>
      verbs.map((verb) => `${apiGroup}/${resource} ${verb}`),
    );
    expect(needed.filter((right) => !granted.includes(right))).toEqual(["/namespaces get", "/secrets list"]);
  });

  it("are not asked of the CI identity", () => {
    const asked = accesses(["up", "down", "test"]).map(({ resource }) => resource);
    expect(asked).not.toContain("pods/exec");
  });
});

describe("a command that is refused", () => {
  const body = (what: string) =>
    JSON.stringify({
      message: `x is forbidden: User "ada" cannot ${what} in API group "" in the namespace "env-a"`,
    });
  const answer = (code: number, text: string) => new ApiException(code, "no", text, {});

  it.each<[unknown, string | undefined, string | undefined]>([
    [answer(403, body('list resource "pods"')), undefined, "list pods"],
    [answer(403, body('get resource "pods/log"')), undefined, "get pods/log"],
    [answer(403, "by a proxy"), undefined, undefined],
    [answer(404, body('list resource "pods"')), undefined, undefined],
    [new SocketRefused(403), "exec", "create and get pods/exec"],
    [new SocketRefused(404), "exec", undefined],
    [new Failure("unreachable", "it broke off", { cause: { statusCode: 403 } }), undefined, "watch pods"],
    [new Failure("unreachable", "it broke off", { cause: { statusCode: 500 } }), undefined, undefined],
    [new Error("no"), "exec", undefined],
  ])("%s lacks a right", (error, part, right) => {
    expect(missingRight(error, part)).toBe(right);
  });

  it.each<[unknown, number, RegExp]>([
    [
      new SocketRefused(403),
      3,
      /^dynenv exec needs the right to create and get pods\/exec in namespace env-a, which/,
    ],
    [new SocketRefused(500), 1, /^the cluster answers 500 in place of a connection to the pod, which may/],
    [answer(401, ""), 3, /^the cluster answers 401/],
    [new Failure("usage", "wrong"), 2, /^wrong$/],
  ])("%s says so in one sentence", async (error, exitCode, message) => {
    const work = looking("dynenv exec", "env-a", () => Promise.reject(error as Error), "exec");
    await expect(work).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) as string });
  });
});

describe("a service", () => {
  const inside: Inside = {
    ...{ config: kubeConfig(), namespace: "env-a", uid: "1" },
    services: new Map([
      ["deals", 1],
      ["catalogue", 2],
    ]),
  };

  it("that there is not is wrong usage, with the one that was meant", () => {
    const wrong = (name: string) => () => {
      requireService(inside, name);
    };
    expect(wrong("deals")).not.toThrow();
    expect(wrong("catalog")).toThrow('service "catalog" is not in env-a: did you mean catalogue?');
    expect(wrong("x")).toThrow('service "x" is not in env-a: known are catalogue, deals');
    expect(wrong("x")).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });

  it("has pods, which those of Jobs and of other services are not", () => {
    const job = podOf("1", { labels: { ...jobLabels("deals"), "app.kubernetes.io/name": "deals" } });
    expect([podOf("1"), job].map((pod) => isPodOf(pod, "deals"))).toEqual([true, false]);
    expect([podOf("1"), job].map((pod) => isPodOf(pod, undefined))).toEqual([true, false]);
    expect(isPodOf(podOf("1"), "deal")).toBe(false);
    expect(podSelector("deals")).toBe("app.kubernetes.io/name=deals,app.kubernetes.io/part-of=dynenv");
    expect(podSelector()).toBe("app.kubernetes.io/part-of=dynenv");
  });

  it("has pods that are ready, run or have begun", () => {
    const named = (pod: V1Pod, lastState?: object): V1Pod => {
      for (const status of pod.status?.containerStatuses ?? [])
        Object.assign(status, { name: "deals", lastState });
      return pod;
    };
    const life = (state: object, more: object = {}) => named(podOf("1", { state, ...more }));
    const restarts = named(podOf("1", { state: waiting("CrashLoopBackOff") }), ended(1));
    const all = [life(waiting("ContainerCreating")), life(running), life(ended(1)), restarts];
    expect(all.map(hasBegun)).toEqual([false, true, true, true]);
    expect(all.map(isRunning)).toEqual([false, true, false, false]);
    const ready = life(running, { isReady: true });
    const going = life(running, { isReady: true, isDeleted: true });
    expect([ready, going, life(running)].map(isReady)).toEqual([true, false, false]);
    expect(isRunning(going)).toBe(false);
  });
});

describe("the pod that connections lead to", () => {
  it("stays the same as long as it is ready, and is never one that is not", () => {
    const change = fc.record({
      uid: fc.constantFrom("1", "2", "3"),
      type: fc.constantFrom("ADDED", "MODIFIED", "DELETED"),
      isReady: fc.boolean(),
      isDeleted: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const stopped = AbortSignal.abort();
        const pods = new WatchedPods(kubeConfig(), "env-a", "deals", stopped);
        pods.lost.catch(() => undefined);
        const ready = new Set<string>();
        let before: string | undefined;
        for (const { uid, type, isReady, isDeleted } of changes) {
          pods.see(podOf(uid, { isReady, isDeleted }), type, "deals");
          if (type !== "DELETED" && isReady && !isDeleted) ready.add(uid);
          else ready.delete(uid);
          const now = pods.ready(new Set())?.metadata?.uid;
          expect(now === undefined).toBe(ready.size === 0);
          if (now !== undefined) expect(ready).toContain(now);
          if (before !== undefined && ready.has(before)) expect(now).toBe(before);
          if (now !== undefined) expect(pods.ready(new Set([now]))?.metadata?.uid).not.toBe(now);
          before = pods.ready(new Set())?.metadata?.uid;
        }
      }),
    );
  });

  it("is reached by this machine alone, on a port that nobody else has", async () => {
    const server = await listen();
    try {
      const port = portOf(server);
      expect(server.address()).toMatchObject({ address: "127.0.0.1" });
      await expect(listen(port)).rejects.toMatchObject({
        exitCode: 2,
        message: `port ${String(port)} of this machine is in use: name another one with --port, or none for any that is free`,
      });
    } finally {
      server.close();
    }
  });
});

describe("a command in a pod", () => {
  it("is asked for word by word, with one output at a terminal", () => {
    const container = { namespace: "env-a", pod: "deals-1", name: "deals" };
    const word = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.boolean(), (command, hasTerminal) => {
        const { pathname, searchParams } = new URL(execPath(container, command, hasTerminal), "https://x");
        expect(pathname).toBe("/api/v1/namespaces/env-a/pods/deals-1/exec");
        expect(searchParams.getAll("command")).toEqual(command.map((one) => one.toWellFormed()));
        expect(searchParams.get("tty") === "true").toBe(hasTerminal);
        expect(searchParams.get("stderr") === "true").toBe(!hasTerminal);
      }),
    );
  });

  it.each<[string, Parameters<typeof executionOf>[0], object]>([
    ["good", { status: "Success" }, { exitCode: 0 }],
    [
      "its own code",
      { status: "Failure", details: { causes: [{ reason: "ExitCode", message: "7" }] } },
      { exitCode: 7 },
    ],
    ["none", { status: "Failure", message: "not found" }, { reason: "not found" }],
    [
      "a code that is none",
      { status: "Failure", message: "m", details: { causes: [{ reason: "ExitCode", message: "x" }] } },
      { reason: "m" },
    ],
  ])("has an end: %s", (_what, status, execution) => {
    expect(executionOf(status)).toEqual(execution);
  });
});

describe("what stands before the lines of a log", () => {
  const services = new Map([
    ["web", 2],
    ["deals", 1],
  ]);

  it("tells services and pods apart where there are several, and is never nothing", () => {
    const all = logPrefix({ services }, plain);
    expect([all("deals", "deals-1-abcde"), all("web", "web-1-abcde"), all("new", "new-1-abcde")]).toEqual([
      "deals     | ",
      "web/abcde | ",
      "new       | ",
    ]);
    expect(logPrefix({ services, service: "deals" }, plain)("deals", "deals-1-abcde")).toBe("  ");
    expect(logPrefix({ services, service: "web" }, plain)("web", "web-1-abcde")).toBe("abcde | ");
  });

  it("is aligned, whatever there is", () => {
    const name = fc.stringMatching(/^[a-z]{1,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.integer({ min: 0, max: 3 })), { minLength: 1 }), (entries) => {
        const known = new Map(entries);
        const before = logPrefix({ services: known }, plain);
        const widths = [...known.keys()].map((service) => before(service, `${service}-1-abcde`).length);
        expect(new Set(widths).size).toBe(1);
      }),
    );
  });
});

it("the hint at the end of a deployment names the stack where that does not follow from the branch", () => {
  const ways = "look at it: dynenv logs -f | exec SERVICE -- sh | open SERVICE";
  expect(lookHint("main-abc", {})).toBe(ways);
  for (const options of [{ stack: "main-abc" }, { ref: "x" }, { commit: "1" }, { scope: "run" } as const])
    expect(lookHint("main-abc", options)).toBe(`${ways}, each with --stack main-abc`);
});

it.each([
  ["90s", 90],
  ["10m", 600],
  ["2h", 7200],
  ["1d", 86_400],
])("%s ago are %i seconds", (text, seconds) => {
  expect(sinceForm.schema.parse(text)).toBe(seconds);
});

it.each(["", "0s", "10", "-1m", "1.5h", "10 m", "1000000s"])("%j is no time", (text) => {
  expect(sinceForm.schema.safeParse(text).success).toBe(false);
});
