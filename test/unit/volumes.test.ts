import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceDeployment, type Service } from "../../components/index.ts";
import { backingServices } from "../../components/model/graph/backingServices.ts";
import { environmentVariables } from "../../components/model/graph/environmentVariables.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { volumePath } from "../../components/model/graph/volume.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import { quota } from "../../components/model/objects/quota.ts";
import { construct, type Registration } from "../../rendering/construction.ts";
import { kindOf } from "./registrations.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const size = "5Gi";
const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const folders = fc.subarray(["/var/lib/data", "/srv/data:10Mi", "/tmp", "/var/run/data", "/data"], {
  minLength: 1,
});

/** Any service with a volume that is one of its folders. */
const kept = folders.chain((writablePaths) =>
  fc
    .constantFrom(...writablePaths)
    .map((stated) => service("db", { writablePaths, volume: { size, path: stated.split(":")[0] ?? "" } })),
);

async function build(given: Service): Promise<Registration[]> {
  const args = { namespace: "staging", image, service: given };
  return (await construct(() => new ServiceDeployment("app", args))).resources;
}

const oneOf = (resources: Registration[], kind: string) => resources.find((one) => kindOf(one) === kind);

describe("a service with a volume", () => {
  it("has all its folders, of which the volume is one and one alone", () => {
    fc.assert(
      fc.property(kept, (given) => {
        const { container, volumes, securityContext } = servicePodSpec(given, [given]);
        const claimed = volumes.filter((volume) => volume.persistentVolumeClaim !== undefined);
        expect(claimed.map((volume) => volume.persistentVolumeClaim)).toEqual([{ claimName: "db" }]);
        const mounts = container.volumeMounts.filter(({ name }) => name === claimed[0]?.name);
        expect(mounts).toEqual([{ name: claimed[0]?.name, mountPath: given.volume?.path, subPath: "data" }]);
        const { volume: _volume, ...former } = given;
        const paths = (one: Service) =>
          servicePodSpec(one, [one]).container.volumeMounts.map(({ mountPath }) => mountPath);
        expect(paths(given)).toEqual(paths(former));
        expect(securityContext).toMatchObject({ fsGroupChangePolicy: "OnRootMismatch" });
      }),
    );
  });

  it("has the only folder that is not for one run alone, where it names none", () => {
    const named = Object.fromEntries(
      backingServices.services.map((one) => [one.name, volumePath({ ...one, volume: { size } })]),
    );
    expect(named).toEqual({
      postgres: "/var/lib/postgresql/data",
      mysql: "/var/lib/mysql",
      mariadb: "/var/lib/mysql",
      redis: "/data",
      valkey: "/data",
      mongodb: undefined,
      rabbitmq: "/var/lib/rabbitmq",
      mailpit: undefined,
      s3: "/data",
    });
  });

  it("has one pod at a time, and time to write down what it knows", async () => {
    const db = service("db", { writablePaths: ["/data"], volume: { size } });
    const { inputs } = oneOf(await build(db), "Deployment") ?? {};
    const spec = inputs?.spec as { strategy: object; template: { spec: object } };
    expect(spec.strategy).toEqual({ type: "Recreate" });
    expect(spec.template.spec).toMatchObject({ terminationGracePeriodSeconds: 30 });
    const own = service("db", { ...db, gracePeriodSeconds: 7 });
    expect(servicePodSpec(own, [own]).terminationGracePeriodSeconds).toBe(7);
  });

  it("has a claim that nothing removes but the end of its namespace", async () => {
    const volume = { size, storageClass: "fast" };
    const claim = oneOf(
      await build(service("db", { writablePaths: ["/data"], volume })),
      "PersistentVolumeClaim",
    );
    expect(claim?.protect).toBe(true);
    expect(claim?.inputs).toMatchObject({
      metadata: { name: "db", namespace: "staging" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "fast",
        resources: { requests: { storage: size } },
      },
    });
  });

  it("is filled once, whatever its seed says by then, until its claim goes", async () => {
    const data = (text: string) => ({ command: ["fill"], files: { "a.sql": text } });
    const db = service("db", { writablePaths: ["/data"], volume: { size } });
    const first = await build({ ...db, seed: data("1") });
    const later = await build({ ...db, seed: data("2") });
    for (const kind of ["Job", "ConfigMap"]) {
      const [one, other] = [oneOf(first, kind), oneOf(later, kind)];
      expect(other?.name).toBe(one?.name);
      expect(other?.inputs.metadata).toEqual(one?.inputs.metadata);
      expect(one?.inputs.metadata).toMatchObject({
        ownerReferences: [{ kind: "PersistentVolumeClaim", name: "db" }],
      });
      expect(one?.ignoreChanges).toEqual([kind === "Job" ? "spec" : "data"]);
    }
    const annotations = (oneOf(first, "Deployment")?.inputs.metadata as { annotations: object }).annotations;
    const { name } = oneOf(first, "Job")?.inputs.metadata as { name: string };
    expect(annotations).toMatchObject({ "dynenv/seed": name });
  });

  it("has Jobs that leave the volume alone, which may be on another node", async () => {
    const work = {
      seed: { command: ["fill"] },
      before: [["migrate"]],
      tasks: { nightly: { command: ["tidy"], schedule: "@daily" } },
    };
    const db = service("db", { writablePaths: ["/data"], volume: { size }, ...work });
    const jobs = (await build(db)).filter((one) => ["Job", "CronJob"].includes(kindOf(one)));
    expect(jobs).toHaveLength(3);
    for (const { inputs } of jobs) expect(JSON.stringify(inputs.spec)).not.toContain("persistentVolumeClaim");
  });

  it("is other than without one where its service says so", () => {
    const withVolume = { args: ["--sync"], environment: { MODE: "safe" } };
    const plain = service("db", {
      ...{ args: ["--fast"], environment: { MODE: "fast", A: "1" }, withVolume, writablePaths: ["/data"] },
    });
    const db = { ...plain, volume: { size } };
    expect(servicePodSpec(plain, [plain]).container.args).toEqual(["--fast"]);
    expect(servicePodSpec(db, [db]).container.args).toEqual(["--sync"]);
    const mode = (one: Service) =>
      environmentVariables(one, [one]).find(({ name }) => name === "MODE")?.value;
    expect([mode(plain), mode(db)]).toEqual(["fast", "safe"]);
  });
});

describe("the quota of services with volumes", () => {
  it("has room for these and no more, and for no pod beside one with a volume", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }), (sizes) => {
        const services = sizes.map((gibibytes, index) =>
          service(`db-${String(index)}`, {
            writablePaths: ["/data"],
            volume: { size: `${String(gibibytes)}Gi` },
          }),
        );
        const hard = quota([...services, service("web")], { surge: true });
        const sum = sizes.reduce((all, one) => all + one, 0);
        expect(hard.persistentvolumeclaims).toBe(String(sizes.length));
        expect(hard["requests.storage"]).toBe(sum === 0 ? "0" : `${String(sum)}Gi`);
        expect(hard.pods).toBe(String(sizes.length + 2 + 2));
      }),
    );
  });
});

describe("a wrong volume", () => {
  const at = ["/var/lib/data", "/srv/data"];
  it.each<[string, Partial<Service>, string]>([
    [
      "without a folder",
      { volume: { size } },
      'volume of service "db" has no folder: name one in its writablePaths, such as ["/var/lib/data"]',
    ],
    [
      "that could be several folders",
      { volume: { size }, writablePaths: at },
      'volume of service "db" could be each of /var/lib/data, /srv/data: name one of them as volume.path',
    ],
    [
      "at no folder of the service",
      { volume: { size, path: "/data" }, writablePaths: at },
      'volume.path of service "db" is "/data" but must be one of its writablePaths, such as /var/lib/data, /srv/data',
    ],
    [
      "of several pods",
      { volume: { size }, writablePaths: ["/data"], replicas: 2 },
      'replicas of service "db" is 2, but it has a volume, which one pod writes to: leave one of the two out',
    ],
    [
      "of as many pods as are busy",
      {
        volume: { size },
        writablePaths: ["/data"],
        autoscaling: { min: 1, max: 2, cpuPercent: 70 },
      },
      'service "db" has a volume, which one pod writes to, and autoscaling: leave one of the two out',
    ],
    [
      "of no size",
      { volume: { size: "much" }, writablePaths: ["/data"] },
      'volume.size of service "db" is "much" but must be a storage quantity above zero, such as 128Mi or 1Gi',
    ],
    [
      "of a class that cannot be",
      { volume: { size, storageClass: "Fast" }, writablePaths: ["/data"] },
      'volume.storageClass of service "db" is "Fast" but must be the name of a storage class, such as standard',
    ],
  ])("%s is told in one sentence", (_what, more, sentence) => {
    expect(() => {
      checkServices([service("db", more)]);
    }).toThrow(new Error(sentence));
  });
});
