import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EphemeralEnvironment,
  ServiceDeployment,
  type Service,
  type ServiceDeploymentArgs,
} from "../../components/index.ts";
import { closure } from "../../components/model/graph/graph.ts";
import { beforeJobName, serviceJobSpec } from "../../components/model/objects/serviceJob.ts";
import { construct, type Registration } from "../../rendering/construction.ts";
import { everything } from "../golden/everything.ts";
import { graphs, service } from "./randomServices.ts";
import { kindOf } from "./registrations.ts";
import "./seed.ts";

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const namespace = "staging";
const imageOf = (digit: string) => `registry.example.com/shop/deals@sha256:${digit.repeat(64)}`;
const node = `registry.example.com/tools/node@sha256:${"9".repeat(64)}`;
const before = [["migrate", "one"], ["migrate", "two"], ["check"]];
const db = service("db", { port: 5432 });
const deals = service("deals", { before, uses: ["db"] });
const nightly = { command: ["tidy"], schedule: "0 3 * * *" };

const build = (args: Partial<ServiceDeploymentArgs> = {}) =>
  construct(
    () =>
      new ServiceDeployment("app", {
        ...{ namespace, image: imageOf("1"), service: deals, services: [db, deals], ...args },
      }),
  );

async function jobOf(args: Partial<ServiceDeploymentArgs> = {}): Promise<Registration> {
  const [job] = (await build(args)).resources.filter((resource) => kindOf(resource) === "Job");
  if (job === undefined) throw new Error("there is no Job");
  return job;
}

const nameOf = async (args: Partial<ServiceDeploymentArgs> = {}) =>
  ((await jobOf(args)).inputs.metadata as { name: string }).name;

interface Container {
  name: string;
  image: string;
  command: string[];
  env?: object[];
  args?: string[];
}

interface Pod {
  initContainers?: Container[];
  containers: Container[];
}

async function podOf(args: Partial<ServiceDeploymentArgs> = {}): Promise<Pod & Record<string, unknown>> {
  const { spec } = (await jobOf(args)).inputs as { spec: { template: { spec: Pod } } };
  return spec.template.spec as Pod & Record<string, unknown>;
}

const withService = (more: Partial<Service>) => {
  const changed = { ...deals, ...more };
  return { service: changed, services: [db, changed] };
};

describe("the name of the Job before a service", () => {
  it.each<[string, Partial<ServiceDeploymentArgs>]>([
    ["the image", { image: imageOf("2") }],
    ["a command", withService({ before: [["migrate", "one"], ["migrate", "three"], ["check"]] })],
    ["a command's words", withService({ before: [["migrate one"], ["migrate", "two"], ["check"]] })],
    ["the order", withService({ before: before.toReversed() })],
    ["the number of commands", withService({ before: before.slice(0, 2) })],
  ])("changes with %s, so that it runs again", async (_what, args) => {
    expect(await nameOf(args)).not.toBe(await nameOf());
  });

  it.each<[string, Partial<ServiceDeploymentArgs>]>([
    ["the variables", { variables: { LEVEL: "info" } }],
    ["the environment, resources and replicas", withService({ environment: { A: "b" }, replicas: 3 })],
    ["its place and time", { placement: { nodeSelector: { a: "b" } }, readyWithinSeconds: 33 }],
    ["tasks", withService({ tasks: { nightly } })],
  ])("does not change with %s", async (_what, args) => {
    expect(await nameOf(args)).toBe(await nameOf());
  });

  it("is the same if and only if service, image and commands are, and a DNS label", () => {
    const words = fc.array(fc.constantFrom("a", "b", '"', ","), { minLength: 1, maxLength: 3 });
    const drawn = fc.tuple(
      fc.constantFrom("a", "deals", `${"x".repeat(43)}-a`, "x".repeat(63)),
      fc.constantFrom(imageOf("1"), imageOf("2")),
      fc.array(words, { minLength: 1, maxLength: 2 }),
    );
    fc.assert(
      fc.property(drawn, drawn, (one, other) => {
        const named = ([name, image, steps]: typeof one) => beforeJobName(service(name), steps, image);
        expect(named(one)).toMatch(label);
        expect(named(one) === named(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

describe("the Job before a service", () => {
  it("has ended well before the Deployment is changed, and the gate begins", async () => {
    const { resources } = await build();
    const [deployment] = resources.filter((resource) => kindOf(resource) === "Deployment");
    expect(deployment?.after).toContain("kubernetes:batch/v1:Job");
    const environment = await construct(() => new EphemeralEnvironment("all", everything));
    const gate = environment.resources.find(({ name }) => name === "all-readiness-revisions");
    expect(gate?.after).toContain("kubernetes:batch/v1:Job");
  });

  it("is there only where something comes before a service", async () => {
    const { resources } = await build({ service: db, services: [db] });
    const kinds = ["Deployment", "Service", "ServiceAccount", "ServiceDeployment"];
    expect(resources.map(kindOf).sort()).toEqual(kinds);
  });

  it("is replaced by deleting it first, with its pod, and for no other reason than its name or its failure", async () => {
    const job = await jobOf();
    expect(job).toMatchObject({ name: "app-before", deleteBeforeReplace: true, ignoreChanges: ["spec"] });
    const { annotations } = job.inputs.metadata as { annotations: object };
    // Deletion in the foreground is the provider's own way.
    expect(annotations).toEqual({ "pulumi.com/replaceUnready": "true" });
  });

  it("runs once, and ends in time: its connections, its pod, its Job, Pulumi's wait, one after the other", async () => {
    const { inputs, createTimeout } = await jobOf({ readyWithinSeconds: 60 });
    expect(inputs).toMatchObject({
      spec: {
        ...{ backoffLimit: 0, activeDeadlineSeconds: 70 },
        template: { spec: { activeDeadlineSeconds: 60, restartPolicy: "Never" } },
      },
    });
    expect(createTimeout).toBe("80s");
    expect(JSON.stringify(inputs)).toContain(String.raw`\"withinSeconds\":50}`);
  });

  it("runs its commands one after the other in the service's image and with its environment", async () => {
    const more = { args: ["--serve"], environment: { LEVEL: "info" }, writablePaths: ["/tmp"] };
    const { initContainers = [], containers } = await podOf({ ...withService(more), readinessImage: node });
    const [waiting, ...steps] = [...initContainers, ...containers];
    expect(waiting).toMatchObject({ name: "connections", image: node });
    expect(containers).toHaveLength(1);
    expect(steps.map(({ name }) => name)).toEqual(["before-1", "before-2", "before"]);
    expect(steps.map(({ command }) => command)).toEqual(before);
    for (const step of steps) {
      expect(step).toMatchObject({
        image: imageOf("1"),
        env: [
          { name: "DB_ADDRESS", value: "db:5432" },
          { name: "LEVEL", value: "info" },
        ],
        volumeMounts: [{ name: "writable-0", mountPath: "/tmp" }],
        securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      });
      for (const key of ["args", "ports", "readinessProbe"]) expect(step).not.toHaveProperty(key);
    }
  });

  it("has the variables from configuration and secrets, too", async () => {
    const { containers } = await podOf({ variables: { LEVEL: "info" }, secrets: { TOKEN: "t" } });
    expect(containers).toMatchObject([
      {
        envFrom: [
          { configMapRef: { name: "app-config-1234abcd" } },
          { secretRef: { name: "app-secrets-1234abcd" } },
        ],
      },
    ]);
  });

  it("waits for nobody where the service uses none", async () => {
    const alone = { ...deals, uses: [], before: [["migrate"]] };
    expect(await podOf({ service: alone, services: [alone] })).not.toHaveProperty("initContainers");
  });

  it("waits in the service's own image unless another is given", async () => {
    expect((await podOf()).initContainers?.[0]).toMatchObject({ name: "connections", image: imageOf("1") });
  });

  it("is one pod, so that nothing is spread", async () => {
    const pod = await podOf({ placement: { spreadOver: "zone", nodeSelector: { pool: "a" } } });
    expect(pod).toMatchObject({ nodeSelector: { pool: "a" } });
    expect(pod).not.toHaveProperty("topologySpreadConstraints");
  });
});

/** The services that the Job before a service waits for. */
function awaited(one: Service, all: Service[]): string[] {
  const spec = serviceJobSpec<string>(one, all, {
    ...{ role: "before", steps: [["migrate"]], image: "i", readinessImage: "n" },
    ...{ serviceAccountName: "a", variables: {}, deadlineSeconds: 60, placement: {} },
  });
  const { initContainers = [] } = spec.template.spec;
  return initContainers.flatMap(({ command = [] }) => {
    const { services } = JSON.parse(command.at(-1) ?? "") as { services: { service: string }[] };
    return services.map(({ service: name }) => name);
  });
}

describe("what comes before services", () => {
  it("never waits for what waits for it, directly or not, whatever they may use", () => {
    fc.assert(
      fc.property(graphs, (services) => {
        const waiting = new Map(services.map((one) => [one.name, awaited(one, services)]));
        for (let before = Infinity; waiting.size < before;) {
          before = waiting.size;
          for (const [name, others] of waiting)
            if (others.every((other) => !waiting.has(other))) waiting.delete(name);
        }
        expect([...waiting.keys()]).toEqual([]);
        // All that a service needs, and nothing else.
        for (const one of services)
          expect(awaited(one, services).sort()).toEqual([...(one.uses ?? [])].sort());
        expect(closure(services, [])).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
