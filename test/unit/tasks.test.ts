import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceDeployment, type Service, type ServiceDeploymentArgs } from "../../components/index.ts";
import { checkGraph } from "../../components/model/graph/graph.ts";
import { jobLabels } from "../../components/model/objects/jobs.ts";
import { workloadLabels } from "../../components/model/objects/labels.ts";
import { networkPolicies } from "../../components/model/objects/networkPolicies.ts";
import { quota } from "../../components/model/objects/quota.ts";
import { taskJobName } from "../../components/model/objects/serviceJob.ts";
import { parseBytes, parseCpu } from "../../components/model/rules/quantities.ts";
import { construct } from "../../rendering/construction.ts";
import { objectsOf, templateOf, type KubernetesObject } from "./kubernetesObjects.ts";
import { isAllowed } from "./policyEvaluator.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const node = `registry.example.com/tools/node@sha256:${"9".repeat(64)}`;
const before = [["migrate"]];
const db = service("db", { port: 5432 });
const deals = service("deals", { before, uses: ["db"] });
const nightly = { command: ["tidy"], schedule: "0 3 * * *" };

const build = (args: Partial<ServiceDeploymentArgs> = {}) =>
  construct(
    () =>
      new ServiceDeployment("app", {
        ...{ namespace: "staging", image, service: deals, services: [db, deals], ...args },
      }),
  );

const withService = (more: Partial<Service>) => {
  const changed = { ...deals, ...more };
  return { service: changed, services: [db, changed] };
};

/** The pods of a service's Jobs: labels of each. */
async function podsOf(args: Partial<ServiceDeploymentArgs>): Promise<Record<string, string>[]> {
  const made = objectsOf(await build(args)).filter(({ kind }) => ["Job", "CronJob"].includes(kind));
  return made.map((object) => templateOf(object)?.metadata.labels ?? {});
}

describe("the pods of a service's Jobs", () => {
  const services = [db, { ...deals, tasks: { nightly } }];
  const own = { service: services[1] ?? deals, services };

  it("are never chosen by a Service", async () => {
    const made = objectsOf(await build(own));
    const selectors = made
      .filter(({ kind }) => kind === "Service")
      .map(({ content }) => (content.spec as { selector: Record<string, string> }).selector);
    const pods = await podsOf(own);
    expect([selectors.length, pods.length]).toEqual([1, 2]);
    for (const selector of selectors)
      for (const labels of pods)
        expect(Object.entries(selector).every(([key, value]) => labels[key] === value)).toBe(false);
    expect(selectors).toEqual([workloadLabels("deals")]);
  });

  it("may call what the service may, and nothing else", async () => {
    const all = [...services, service("other")];
    const policies = Object.values(networkPolicies(all, { egress: false }));
    const within = { "kubernetes.io/metadata.name": "env-a" };
    for (const labels of await podsOf(own)) {
      const reached = all.filter(({ name, containerPort: port }) =>
        isAllowed({
          ...{ policies, port, protocol: "TCP", from: { labels, namespace: within } },
          to: { labels: workloadLabels(name), namespace: within },
        }),
      );
      expect(reached.map(({ name }) => name)).toEqual(["db"]);
    }
  });

  it("are not those of the test runner", async () => {
    for (const labels of await podsOf(own)) expect(labels).not.toMatchObject(jobLabels("test"));
  });

  it("have room in the quota, each for the largest of its containers", () => {
    const sizes = fc.record({
      cpu: fc.integer({ min: 1, max: 3000 }),
      memory: fc.integer({ min: 1, max: 2000 }),
      uses: fc.boolean(),
      tasks: fc.nat(3),
      has: fc.boolean(),
    });
    fc.assert(
      fc.property(sizes, ({ cpu, memory, uses, tasks, has }) => {
        const limits = { cpu: `${String(cpu)}m`, memory: `${String(memory)}Mi` };
        const plain = service("a", { limits, requests: limits, uses: uses ? ["db"] : [] });
        const names = Array.from({ length: tasks }, (_, index) => `t${String(index)}`);
        const all = Object.fromEntries(names.map((name) => [name, nightly]));
        const full = { ...plain, tasks: all, ...(has && { before }) };
        const [less, more] = [plain, full].map((one) => quota([db, one], { surge: true }));
        const jobs = tasks + Number(has);
        const grown = (key: string, parse: (text: string) => number) =>
          parse(more?.[key] ?? "") - parse(less?.[key] ?? "");
        expect(grown("pods", Number)).toBe(jobs);
        expect(grown("limits.cpu", parseCpu)).toBe(jobs * (uses ? Math.max(cpu, 1000) : cpu));
        const mebibytes = uses ? Math.max(memory, 256) : memory;
        expect(grown("limits.memory", parseBytes)).toBe(jobs * mebibytes * 2 ** 20);
      }),
    );
  });
});

describe("the tasks of a service", () => {
  const tasks = { nightly, weekly: { command: ["sum", "up"], schedule: "@weekly", withinSeconds: 60 } };
  const cronJobs = async (args: Partial<ServiceDeploymentArgs> = {}): Promise<KubernetesObject[]> =>
    objectsOf(await build({ ...withService({ tasks }), ...args })).filter(({ kind }) => kind === "CronJob");

  it("are a CronJob each, which is asked to run nothing by itself", async () => {
    const made = await cronJobs();
    expect(made.map(({ name }) => name)).toEqual(["task-nightly", "task-weekly"]);
    expect(made.map(({ content }) => content.spec)).toMatchObject([
      {
        ...{ suspend: true, schedule: "0 3 * * *", timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" },
        jobTemplate: { spec: { backoffLimit: 0, template: { spec: { activeDeadlineSeconds: 3600 } } } },
      },
      {
        ...{ suspend: true, schedule: "@weekly" },
        jobTemplate: { spec: { template: { spec: { activeDeadlineSeconds: 60 } } } },
      },
    ]);
    for (const [index, { metadata, content }] of made.entries()) {
      const named = { "dynenv/job": "task", "dynenv/task": ["nightly", "weekly"][index] };
      expect(metadata.labels).toMatchObject({ ...workloadLabels("deals"), ...named });
      expect(content).toMatchObject({ spec: { jobTemplate: { metadata: { labels: named } } } });
    }
  });

  it("run by themselves where that is asked for", async () => {
    const made = await cronJobs({ runTasks: true });
    expect(made.map(({ content }) => content.spec)).toMatchObject([{ suspend: false }, { suspend: false }]);
  });

  it("run in the service's image, and wait for what it uses no longer than tests do", async () => {
    const [first] = (await cronJobs({ readinessImage: node })).map(templateOf);
    const { containers, initContainers } = first?.spec as unknown as Record<string, unknown>;
    expect(containers).toMatchObject([{ name: "task", image, command: ["tidy"] }]);
    expect(initContainers).toMatchObject([{ name: "connections", image: node }]);
    expect(JSON.stringify(initContainers)).toContain(String.raw`\"withinSeconds\":30}`);
  });

  it("have names of which each is that of one task", () => {
    const named = (name: string, task: string) => service(name, { tasks: { [task]: nightly } });
    expect(() => {
      checkGraph([named("a", "nightly"), named("b", "weekly")]);
    }).not.toThrow();
    expect(() => {
      checkGraph([named("a", "nightly"), named("b", "nightly")]);
    }).toThrow(
      new Error(
        'services "a" and "b" both have a task named "nightly": give one of the two tasks another name',
      ),
    );
    // A CronJob's name has at most 52 characters.
    expect(taskJobName("x".repeat(47))).toHaveLength(52);
  });
});
