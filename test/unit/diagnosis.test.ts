import type { V1Pod } from "#bundled/kubernetes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { causes } from "../../cli/diagnosis/rules/causes.ts";
import { EnvironmentFailure, details, facts } from "../../cli/diagnosis/diagnosis.ts";
import { sentence, type Finding } from "../../cli/diagnosis/rules/finding.ts";
import { gateEntries } from "../../cli/diagnosis/rules/readinessMessage.ts";
import { lastLines, oneLine, tellingLine } from "../../cli/diagnosis/rules/oneLine.ts";
import { judge } from "../../cli/diagnosis/patience.ts";
import { inGraphOrder, neededBy } from "../../cli/diagnosis/rules/serviceOrder.ts";
import { readReport } from "../../components/model/objects/readinessReport.ts";
import { reportOf, reportText, type ServiceReport } from "../../components/readiness/report.ts";
import { crashed, job, one, pod, podOf, ready, uses, waits } from "./brokenPods.ts";
import "./seed.ts";

describe("the root", () => {
  const store = pod("store", { containers: [crashed(3)] });
  const app = pod("app", { containers: [crashed(5)] });
  const networkPolicies = [uses("app", "store"), uses("store")];

  it("comes first, before what uses it", () => {
    const found = one({ pods: [app, store], networkPolicies });
    expect(found.map(({ service }) => service)).toEqual(["store", "app"]);
  });

  it("is not who crashes while what it uses is late, or was when it began", () => {
    const late = pod("store", { containers: [{ state: { running: {} }, ready: false, restartCount: 0 }] });
    const patience = (used: V1Pod) =>
      one({ pods: [app, used], networkPolicies }).map((found) => found.patience);
    expect(patience(late)).toEqual([Infinity]);
    expect(patience(pod("store", { conditions: ready("2026-01-01T00:01:30Z") }))).toEqual([Infinity]);
    expect(patience(pod("store", { conditions: ready("2026-01-01T00:00:30Z") }))).toEqual([undefined]);
  });

  it("is the service, not the readiness Job with its image, whichever was tried first", () => {
    const untold = { phase: "Pending", containers: [waits("ErrImagePull", "app:1: not found")] };
    const gate = job("readiness", "readiness", { status: {} });
    const gatePod = podOf(gate, untold);
    const found = (...pods: V1Pod[]) =>
      one({ pods, networkPolicies, jobs: [gate] }).map(({ service, patience }) => [service, patience]);
    expect(found(gatePod)).toEqual([["readiness", undefined]]);
    expect(found(gatePod, pod("app", untold))).toEqual([
      ["app", undefined],
      ["readiness", Infinity],
    ]);
  });

  it("is the service also where the node tries its image later than the readiness Job's", () => {
    const of = (image: string) => ({ phase: "Pending", probes: { image } });
    const untold = { ...of("app:1"), containers: [waits("ErrImagePull", "app:1: not found")] };
    const gate = job("readiness", "readiness", { status: {} });
    const found = (image: string) =>
      one({
        pods: [podOf(gate, untold), pod("app", { ...of(image), containers: [waits("ContainerCreating")] })],
        ...{ networkPolicies, jobs: [gate] },
      }).map(({ service, patience }) => [service, patience]);
    expect(found("app:1")).toEqual([["readiness", Infinity]]);
    expect(found("app:2")).toEqual([["readiness", undefined]]);
  });

  it("is what the readiness Job names, where nothing else is known of it", () => {
    const answers = [
      { service: "store", asked: "port 3306", failure: "port 3306: ECONNREFUSED", milliseconds: 1 },
      {
        ...{ service: "app", asked: "GET /health on port 80", dependency: "store", milliseconds: 1 },
        failure: "/health reports that store does not work",
      },
    ];
    const message = reportText(reportOf(answers, 130));
    const gate = job("readiness", "readiness");
    const ended = { name: "readiness", state: { terminated: { exitCode: 1, message } }, restartCount: 0 };
    const beside = { name: "proxy", state: { terminated: { exitCode: 143 } }, restartCount: 0 };
    const gatePod = podOf(gate, { containers: [beside, ended, beside], phase: "Failed" });
    const found = (...pods: V1Pod[]) =>
      one({ jobs: [gate], pods: [gatePod, ...pods], networkPolicies }).map(({ cause, patience }) => [
        cause,
        patience,
      ]);
    expect(found()).toEqual([
      ["no-answer", 0],
      ["dependency-down", 0],
    ]);
    // Then all that is wrong has lasted long enough.
    expect(found(pod("store", { containers: [crashed(1)] }))).toEqual([["crash-loop", 0]]);
  });
});

describe("the readiness Job's report", () => {
  const answers = fc.record({
    service: fc.string({ minLength: 1, maxLength: 63 }),
    asked: fc.constant("GET /health on port 80"),
    failure: fc.option(fc.string({ unit: "binary", maxLength: 5000 }), { nil: undefined }),
    body: fc.option(fc.string({ unit: "binary", maxLength: 100_000 }), { nil: undefined }),
    commit: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
    milliseconds: fc.nat(),
  });

  it("is read as it is written, whatever services answer, and fits a termination message", () => {
    fc.assert(
      fc.property(fc.array(answers as fc.Arbitrary<ServiceReport>, { maxLength: 60 }), (services) => {
        const text = reportText(reportOf(services, 30));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
        const read = readReport(text);
        const failed = services.filter(({ failure }) => failure !== undefined);
        expect((read?.services.length ?? 0) + (read?.omitted ?? 0)).toBe(services.length);
        // What is wrong outlasts what is ready.
        if (failed.length > 0) expect(read?.services.some(({ failure }) => failure !== undefined)).toBe(true);
      }),
    );
  });

  it("keeps short answers as they are", () => {
    const failure = '/version reports 1.2 (dirty), "quoted" \n instead of b';
    const services = [
      { service: "app", asked: "GET /version on port 80", failure, commit: "1.2 (dirty)", milliseconds: 3 },
    ];
    expect(readReport(reportText(reportOf(services, 30)))).toEqual({
      summary: `not ready within 30 s: app (${failure}); run dynenv diagnose to learn why`,
      ...{ services, omitted: 0 },
    });
  });

  it("is nothing where somebody else wrote it", () => {
    for (const text of ["", "not ready", "{}", "null", '{"services":[{}]}'])
      expect(readReport(text)).toBeUndefined();
  });

  it("tells causes apart, and does not take what a page names for a service", () => {
    const of = (service: string, more: Partial<ServiceReport>): ServiceReport => {
      return { service, asked: "GET /health on port 80", milliseconds: 1, ...more };
    };
    const services = [
      of("app", { failure: "/version reports 1.2 (dirty) instead of b", commit: "1.2 (dirty)" }),
      of("db", { failure: "EAI_AGAIN" }),
      of("fine", {}),
      of("shop", { failure: "/health reports that db does not work", dependency: "db", body: "{}" }),
      of("mail", { failure: "/health reports that smtp does not work", dependency: "smtp" }),
      of("web", {
        ...{ asked: "GET https://env-a.example.com/version", commit: "older" },
        failure: "https://env-a.example.com/version reports older instead of b",
      }),
    ];
    expect(gateEntries(reportOf(services, 30), (name) => name === "db")).toEqual([
      { cause: "wrong-commit", service: "app", evidence: "/version reports 1.2 (dirty) instead of b" },
      { cause: "no-answer", service: "db", evidence: "EAI_AGAIN" },
      {
        cause: "dependency-down",
        service: "db",
        evidence: "shop: /health reports that db does not work: {}",
      },
      { cause: "dependency-down", service: "mail", evidence: "/health reports that smtp does not work" },
      {
        ...{ cause: "no-address", service: "web" },
        evidence: "https://env-a.example.com/version reports older instead of b",
      },
    ]);
  });
});

describe("the order of services", () => {
  const names = ["a", "b", "c", "d", "e"];
  const graph = fc
    .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)))
    .map(
      (edges) =>
        new Map(names.map((name) => [name, edges.filter(([from]) => from === name).map(([, to]) => to)])),
    );

  it("puts what is used before what uses it, unless they use each other", () => {
    fc.assert(
      fc.property(graph, fc.shuffledSubarray(names), (edges, some) => {
        const order = inGraphOrder(some, (name) => name, edges);
        expect(order.toSorted()).toEqual(some.toSorted());
        for (const [index, name] of order.entries())
          for (const later of order.slice(index + 1))
            if (neededBy(name, edges).has(later)) expect(neededBy(later, edges)).toContain(name);
      }),
    );
  });
});

describe("patience", () => {
  const finding: Finding = { cause: "image-missing", service: "app", object: "Pod/app", evidence: "" };

  it("ends when a finding has lasted, at exactly the moment that was named before", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100), (start, patience) => {
        const found = [{ ...finding, patience: patience + 1 }];
        const first = judge(new Map(), found, start);
        expect([first.hopeless, first.due]).toEqual([[], start + (patience + 1) * 1000]);
        const due = first.due ?? 0;
        expect(judge(first.since, found, due - 1).hopeless).toEqual([]);
        expect(judge(first.since, found, due).hopeless).toEqual(found);
      }),
    );
  });

  it("begins anew when what held a finding up is ready", () => {
    const held = judge(new Map(), [{ ...finding, patience: Infinity }], 0);
    expect(judge(held.since, [finding], 60_000)).toMatchObject({ hopeless: [], due: 75_000 });
  });

  it("begins anew with each finding", () => {
    const known = judge(new Map(), [finding], 0).since;
    const gone = judge(known, [], 5000);
    expect(judge(gone.since, [finding], 20_000)).toMatchObject({ hopeless: [], due: 35_000 });
  });

  it("has no end where only the deadline decides", () => {
    expect(judge(new Map(), [{ ...finding, patience: Infinity }], 0)).toMatchObject({ due: undefined });
  });
});

describe("what people read", () => {
  it("is one sentence that names service, evidence and next step, then the details", () => {
    const root: Finding = {
      ...{ cause: "crash-loop", service: "app", object: "Pod/app-1", evidence: "exit code 1: no database" },
      lines: ["first", "no database"],
    };
    const failure = new EnvironmentFailure([root]);
    expect(failure.message).toBe(
      "app keeps crashing (exit code 1: no database); read its last lines above, and correct what they name",
    );
    expect(failure.exitCode).toBe(1);
    expect(details([root])).toEqual([
      "app keeps crashing [crash-loop]",
      "  Pod/app-1: exit code 1: no database",
      "  | first",
      "  | no database",
    ]);
    expect(facts([root])).toMatchObject({ cause: "crash-loop", service: "app", others: [] });
  });

  it("is one line for every cause, and no two are alike", () => {
    const all = Object.keys(causes).map((cause) =>
      sentence({ cause, service: "app", object: "", evidence: "" } as Finding),
    );
    for (const text of all) expect(text).toMatch(/^app [^\n]+; [^\n]+[^.]$/);
    expect(new Set(all).size).toBe(all.length);
  });

  it("has no control characters, and an end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const clean = oneLine(text);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(clean.length).toBeLessThanOrEqual(300);
        for (const line of lastLines(text)) expect(line).not.toBe("");
      }),
    );
    expect(tellingLine(["Error: no database", "at main (/app/error.js:1)", "Node.js v24.21.0"])).toEqual([
      "Error: no database",
    ]);
    expect(tellingLine(["started", "stopped"])).toEqual(["stopped"]);
    expect(oneLine("\u001b[31mred\u001b[0m \u0007bell")).toBe(String.raw`red \u0007bell`);
  });
});
