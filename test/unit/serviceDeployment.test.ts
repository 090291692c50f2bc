import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { ServiceDeployment, type ServiceDeploymentArgs, type Placement } from "../../components/index.ts";
import { construct, mapSecrets, type Construction } from "../../rendering/construction.ts";
import { objectsOf } from "./kubernetesObjects.ts";
import { rules } from "./kubernetesRules.ts";
import { kindOf, openTexts, secretsOf } from "./registrations.ts";
import { service } from "./randomServices.ts";

const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const namespace = "staging";
const safeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict";

const build = (args: Partial<ServiceDeploymentArgs> = {}) =>
  construct(() => new ServiceDeployment("app", { namespace, image, service: service("deals"), ...args }));

interface Pod {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: Record<string, unknown> & { containers: Record<string, unknown>[] };
}
interface Deployment {
  replicas: number;
  strategy: unknown;
  selector: { matchLabels: Record<string, string> };
  template: Pod;
}

function inputsOf({ resources }: Construction, kind: string): Record<string, unknown>[] {
  return resources.filter((resource) => kindOf(resource) === kind).map(({ inputs }) => inputs);
}

async function deployment(args: Partial<ServiceDeploymentArgs> = {}): Promise<Deployment> {
  const [{ spec } = {}] = inputsOf(await build(args), "Deployment");
  return spec as Deployment;
}

async function envFrom(args: Partial<ServiceDeploymentArgs>): Promise<unknown> {
  return (await deployment(args)).template.spec.containers[0]?.envFrom;
}

describe("the variables of a deployment", () => {
  const variables = { LEVEL: "info", TIMEOUT: pulumi.output("5") };
  const secrets = { TOKEN: "correct-horse", KEY: pulumi.secret("battery") };
  const fromVariables = { configMapRef: { name: "app-config-1234abcd" } };
  const fromSecret = { secretRef: { name: "app-secrets-1234abcd" } };

  it("are in a ConfigMap to which Pulumi gives the name, so that a change rolls the pods", async () => {
    const [map] = inputsOf(await build({ variables }), "ConfigMap");
    expect(map).toMatchObject({ data: { LEVEL: "info", TIMEOUT: "5" }, metadata: { namespace } });
    expect(map?.metadata).not.toHaveProperty("name");
    expect(await envFrom({ variables })).toEqual([fromVariables]);
  });

  it("that are secret are in a Secret, and nowhere else", async () => {
    const constructed = await build({ secrets });
    expect(secretsOf(constructed)).toEqual({
      "Secret app-secrets": [{ TOKEN: "correct-horse", KEY: "battery" }],
    });
    const [secret] = inputsOf(constructed, "Secret");
    expect(secret?.metadata).not.toHaveProperty("name");
    expect(mapSecrets(secret?.stringData, () => "[secret]")).toBe("[secret]");
    expect(openTexts(constructed)).not.toMatch(/correct-horse|battery/);
    expect(await envFrom({ secrets })).toEqual([fromSecret]);
  });

  it("come from both, those that are secret last, so that they count", async () => {
    expect(await envFrom({ variables, secrets })).toEqual([fromVariables, fromSecret]);
  });

  it("need neither where there are none", async () => {
    const constructed = await build({ variables: {}, secrets: {} });
    expect([...inputsOf(constructed, "ConfigMap"), ...inputsOf(constructed, "Secret")]).toEqual([]);
    const { template } = await deployment();
    expect(template.spec.containers[0]).not.toHaveProperty("envFrom");
  });

  it("are beside those of the service itself", async () => {
    const own = service("deals", { environment: { OWN: "1" } });
    const { template } = await deployment({ variables, service: own });
    expect(template.spec.containers[0]).toMatchObject({
      env: [{ name: "OWN", value: "1" }],
      envFrom: [fromVariables],
    });
  });
});

describe("the placement of a deployment", () => {
  const podOf = async (placement: Placement) => (await deployment({ placement })).template.spec;

  it("is anywhere unless something is said", async () => {
    const pod = await podOf({});
    expect([pod.nodeSelector, pod.tolerations, pod.topologySpreadConstraints]).toEqual(
      Array(3).fill(undefined),
    );
  });

  it("is on nodes with a label", async () => {
    expect((await podOf({ nodeSelector: { pool: "previews" } })).nodeSelector).toEqual({ pool: "previews" });
  });

  it("is on nodes with a taint, of any value or of one", async () => {
    const tolerations = [{ key: "spot" }, { key: "pool", value: "previews", effect: "NoSchedule" }];
    expect((await podOf({ tolerations })).tolerations).toEqual([
      { key: "spot", operator: "Exists" },
      { key: "pool", operator: "Equal", value: "previews", effect: "NoSchedule" },
    ]);
  });

  it("is spread over the values of a label, for the pods that the deployment selects", async () => {
    const { template, selector } = await deployment({ placement: { spreadOver: "zone" } });
    expect(template.spec.topologySpreadConstraints).toEqual([
      { topologyKey: "zone", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector },
    ]);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
  });
});

describe("the pods of a deployment", () => {
  it("are one, or as many as the service says", async () => {
    expect((await deployment()).replicas).toBe(1);
    expect((await deployment({ service: service("deals", { replicas: 3 }) })).replicas).toBe(3);
  });

  it("are replaced at once: with a surge while the old ones run, without after them", async () => {
    const rolling = async (args: Partial<ServiceDeploymentArgs>) => (await deployment(args)).strategy;
    const surging = { type: "RollingUpdate", rollingUpdate: { maxSurge: "100%", maxUnavailable: 0 } };
    expect(await rolling({})).toEqual(surging);
    expect(await rolling({ surge: true })).toEqual(surging);
    expect(await rolling({ surge: false })).toEqual({ type: "Recreate" });
  });

  it("may be moved by the autoscaler in spite of their volumes", async () => {
    const { template } = await deployment({ service: service("deals", { writablePaths: ["/tmp"] }) });
    expect(template.metadata.annotations).toEqual({ [safeToEvict]: "true" });
  });

  it("say when all of the image is writable", async () => {
    const { template } = await deployment({ service: service("deals", { readOnlyRootFilesystem: false }) });
    expect(template.metadata.annotations).toMatchObject({ "dynenv/writable-root": "true" });
    expect(template.spec.containers[0]?.securityContext).toMatchObject({ readOnlyRootFilesystem: false });
  });

  it("write to their volumes only", async () => {
    const { template } = await deployment({
      service: service("deals", { writablePaths: ["/tmp", "/data"] }),
    });
    expect(template.spec.volumes).toEqual([
      { name: "writable-0", emptyDir: { sizeLimit: "1Gi" } },
      { name: "writable-1", emptyDir: { sizeLimit: "1Gi" } },
    ]);
    expect(template.spec.containers[0]?.volumeMounts).toEqual([
      { name: "writable-0", mountPath: "/tmp" },
      { name: "writable-1", mountPath: "/data" },
    ]);
  });

  it("pull their image with the Secrets that are named", async () => {
    const [account] = inputsOf(await build({ pullSecrets: ["one", pulumi.output("two")] }), "ServiceAccount");
    expect(account?.imagePullSecrets).toEqual([{ name: "one" }, { name: "two" }]);
    expect(account?.automountServiceAccountToken).toBe(false);
  });
});

describe("a deployment with the longest name that a service may have", () => {
  it("consists of valid objects, those that Pulumi names and its seed included", async () => {
    const seed = { command: ["fill"], files: { "data.sql": "" } };
    const longest = service("x".repeat(63), { seed, writablePaths: ["/tmp"], uses: ["db"] });
    const variables = { variables: { LEVEL: "info" }, secrets: { TOKEN: "t" } };
    const services = [longest, service("db")];
    const objects = objectsOf(await build({ service: longest, services, ...variables }));
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...["ConfigMap", "ConfigMap", "Deployment", "Job", "Secret", "Service", "ServiceAccount"],
    ]);
    expect(Object.values(rules).flatMap((rule) => rule(objects))).toEqual([]);
  });
});
