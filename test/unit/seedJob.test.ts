import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceDeployment, type ServiceDeploymentArgs, type Service } from "../../components/index.ts";
import { seedHash, seedJobName } from "../../components/model/objects/seedJob.ts";
import { construct, type Registration } from "../../rendering/construction.ts";
import { kindOf } from "./registrations.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const namespace = "staging";
const imageOf = (digit: string) => `registry.example.com/shop/deals@sha256:${digit.repeat(64)}`;
const seed = { command: ["fill", "all"], files: { "a.sql": "1", "b.sql": "2" } };
const deals = service("deals", { seed });

const build = async (args: Partial<ServiceDeploymentArgs> = {}) => {
  const given = { namespace, image: imageOf("1"), service: deals, ...args };
  return (await construct(() => new ServiceDeployment("app", given))).resources;
};

async function jobOf(args: Partial<ServiceDeploymentArgs> = {}): Promise<Registration> {
  const [job] = (await build(args)).filter((resource) => kindOf(resource) === "Job");
  if (job === undefined) throw new Error("there is no seed Job");
  return job;
}

/** Logical name and Kubernetes' name of everything that the seed created. */
async function names(args: Partial<ServiceDeploymentArgs> = {}): Promise<string[]> {
  const seeds = (await build(args)).filter(({ name }) => name.startsWith("app-seed"));
  return seeds.map(({ name, inputs }) => `${name} ${(inputs.metadata as { name: string }).name}`);
}

const withSeed = (changed: Service["seed"], more: Partial<Service> = {}) => ({
  service: { ...deals, ...more, ...(changed && { seed: changed }) },
});

describe("the names of a seed's Job and files", () => {
  it("are derived from what the seed does", async () => {
    const hash = seedHash(deals, seed);
    expect(await names()).toEqual(Array(2).fill(`app-seed-${hash} deals-seed-${hash}`));
  });

  it.each<[string, Partial<ServiceDeploymentArgs>]>([
    ["the command", withSeed({ ...seed, command: ["fill", "some"] })],
    ["the command's words", withSeed({ ...seed, command: ["fill all"] })],
    ["the content of a file", withSeed({ ...seed, files: { ...seed.files, "a.sql": "3" } })],
    ["the name of a file", withSeed({ ...seed, files: { "a.sql": "1", "c.sql": "2" } })],
    ["the number of files", withSeed({ ...seed, files: { "a.sql": "1" } })],
  ])("change with %s, so that it runs again", async (_what, args) => {
    const before = await names();
    const after = await names(args);
    expect(after).toHaveLength(before.length);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });

  it.each<[string, Partial<ServiceDeploymentArgs>]>([
    ["the image", { image: imageOf("2") }],
    ["the variables", { variables: { LEVEL: "info" } }],
    ["the placement", { placement: { nodeSelector: { pool: "previews" } } }],
    ["the environment", withSeed(seed, { environment: { LEVEL: "info" } })],
    ["resources and replicas", withSeed(seed, { replicas: 2, limits: { cpu: "2", memory: "1Gi" } })],
    ["the order of its files", withSeed({ ...seed, files: { "b.sql": "2", "a.sql": "1" } })],
  ])("do not change with %s", async (_what, args) => {
    expect(await names(args)).toEqual(await names());
  });

  it("are the same if and only if command and files are", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "[", "]"), maxLength: 3 });
    const seeds = fc.record({
      command: fc.array(text, { minLength: 1, maxLength: 3 }),
      files: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }),
    });
    const content = ({ command, files }: { command: string[]; files: Record<string, string> }) =>
      JSON.stringify([
        command,
        Object.keys(files)
          .sort()
          .map((name) => [name, files[name]]),
      ]);
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        expect(seedHash(deals, one) === seedHash(deals, other)).toBe(content(one) === content(other));
      }),
    );
  });

  it("differ for two services with the same seed, however long the beginning that their names share", () => {
    const long = "x".repeat(45);
    expect(seedJobName(service(`${long}-one`), seed)).not.toBe(seedJobName(service(`${long}-two`), seed));
  });

  it("are DNS labels for every service, also with the longest name", () => {
    for (const name of [
      "a",
      "deals",
      "x".repeat(45),
      `${"x".repeat(44)}-${"y".repeat(18)}`,
      "x".repeat(63),
    ]) {
      expect(seedJobName(service(name), seed)).toMatch(label);
    }
  });
});

describe("a seed's Job", () => {
  it("is left alone once it ran: nothing but its name makes it run again", async () => {
    expect((await jobOf()).ignoreChanges).toEqual(["spec"]);
    const others = (await build()).filter((resource) => kindOf(resource) !== "Job");
    expect(others.filter(({ ignoreChanges }) => ignoreChanges.length > 0)).toEqual([]);
  });

  it("starts once the service is up, and is awaited", async () => {
    const { after, createTimeout } = await jobOf({ readyWithinSeconds: 33 });
    expect(after).toContain("kubernetes:apps/v1:Deployment");
    expect(createTimeout).toBe("33s");
  });

  it("runs as the test runner, which may call the service, and is not interrupted", async () => {
    const { inputs } = await jobOf();
    expect(inputs).toMatchObject({
      metadata: { namespace, annotations: { "pulumi.com/deletionPropagationPolicy": "background" } },
      spec: {
        backoffLimit: 3,
        template: {
          metadata: {
            labels: { "app.kubernetes.io/name": "test-runner" },
            annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
          },
        },
      },
    });
  });

  it("runs its command in the service's image, with its environment, its address and the files", async () => {
    const args = { args: ["--serve"], environment: { LEVEL: "info" }, writablePaths: ["/tmp"], user: 999 };
    const [container] = await containersOf(withSeed(seed, args));
    expect(container).toMatchObject({
      image: imageOf("1"),
      command: ["fill", "all"],
      env: [
        { name: "DEALS_ADDRESS", value: "deals:80" },
        { name: "LEVEL", value: "info" },
      ],
      volumeMounts: [
        { name: "writable-0", mountPath: "/tmp" },
        { name: "seed", mountPath: "/seed" },
      ],
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
    expect([container?.args, container?.ports, container?.readinessProbe]).toEqual(Array(3).fill(undefined));
  });

  it("says that it may write to its root file system where the service may", async () => {
    const annotationsOf = async (readOnlyRootFilesystem: boolean) => {
      const { spec } = (await jobOf(withSeed(seed, { readOnlyRootFilesystem }))).inputs;
      return (spec as { template: { metadata: { annotations: object } } }).template.metadata.annotations;
    };
    const stays = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" };
    expect(await annotationsOf(true)).toEqual(stays);
    expect(await annotationsOf(false)).toEqual({ ...stays, "dynenv/writable-root": "true" });
  });

  it("has the variables from configuration and secrets, too", async () => {
    const [container] = await containersOf({ variables: { LEVEL: "info" }, secrets: { TOKEN: "t" } });
    expect(container?.envFrom).toEqual([
      { configMapRef: { name: "app-config-1234abcd" } },
      { secretRef: { name: "app-secrets-1234abcd" } },
    ]);
    const [without] = await containersOf({});
    expect(without).not.toHaveProperty("envFrom");
  });

  it("finds the files in the ConfigMap of the same name", async () => {
    const [map] = (await build()).filter((resource) => kindOf(resource) === "ConfigMap");
    expect(map?.inputs).toMatchObject({ data: seed.files });
    const { name } = map?.inputs.metadata as { name: string };
    const { volumes } = await podOf();
    expect(volumes).toEqual([{ name: "seed", configMap: { name } }]);
  });

  it("needs no files", async () => {
    const kinds = (await build(withSeed({ command: ["fill"] }))).map(kindOf);
    expect(kinds).toContain("Job");
    expect(kinds).not.toContain("ConfigMap");
    expect((await podOf(withSeed({ command: ["fill"] }))).volumes).toEqual([]);
  });

  it("is not there without a seed", async () => {
    expect((await build({ service: service("deals") })).map(kindOf)).not.toContain("Job");
  });

  it("runs where the service runs", async () => {
    const placement = { nodeSelector: { pool: "previews" }, tolerations: [{ key: "spot" }] };
    expect(await podOf({ placement })).toMatchObject({
      nodeSelector: { pool: "previews" },
      tolerations: [{ key: "spot", operator: "Exists" }],
      serviceAccountName: "deals",
    });
  });
});

async function podOf(args: Partial<ServiceDeploymentArgs> = {}) {
  const { spec } = (await jobOf(args)).inputs;
  return (spec as { template: { spec: Record<string, unknown> } }).template.spec;
}

async function containersOf(args: Partial<ServiceDeploymentArgs>) {
  return (await podOf(args)).containers as Record<string, unknown>[];
}
