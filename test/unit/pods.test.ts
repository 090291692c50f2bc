import { describe, expect, it } from "vitest";
import { manifestsOf, titleOf, type Manifest } from "../../rendering/manifests.ts";
import { constructPreview } from "../golden/preview.ts";

interface Container {
  image: string;
  resources: Record<"requests" | "limits", Record<string, string | undefined>>;
  securityContext: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    privileged?: boolean;
    capabilities: { drop: string[]; add?: string[] };
  };
}

interface PodSpec {
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  hostNetwork?: boolean;
  serviceAccountName?: string;
  securityContext: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } };
  volumes?: { name: string; emptyDir?: object }[];
  containers: Container[];
  initContainers?: Container[];
}

interface Template {
  template: { spec: PodSpec };
}

function podOf({ kind, spec }: Manifest): PodSpec[] {
  if (kind === "Deployment" || kind === "Job") return [(spec as Template).template.spec];
  return kind === "CronJob"
    ? [(spec as { jobTemplate: { spec: Template } }).jobTemplate.spec.template.spec]
    : [];
}

const manifests = manifestsOf(await constructPreview());
const pods = manifests.flatMap((manifest) =>
  podOf(manifest).map((pod) => ({ title: titleOf(manifest), pod })),
);

describe("pods of a preview", () => {
  it("are those of three services, the gate and the tests, with one container each, and one before the tests", () => {
    expect(
      pods.map(({ title, pod }) => [title, pod.containers.length, pod.initContainers?.length ?? 0]),
    ).toEqual([
      ["CronJob/test", 1, 1],
      ["Deployment/catalogue", 1, 0],
      ["Deployment/catalogue-db", 1, 0],
      ["Deployment/deals", 1, 0],
      ["Job/readiness", 1, 0],
    ]);
  });
});

const podRules: [string, (pod: PodSpec) => boolean][] = [
  ["runs as a user other than root", ({ securityContext }) => Number(securityContext.runAsUser) > 0],
  ["is refused as root", ({ securityContext }) => securityContext.runAsNonRoot === true],
  [
    "has a seccomp profile",
    ({ securityContext }) => securityContext.seccompProfile?.type === "RuntimeDefault",
  ],
  ["mounts no token", (pod) => pod.automountServiceAccountToken === false],
  ["gets no service links", (pod) => pod.enableServiceLinks === false],
  ["stays out of the node's network", (pod) => pod.hostNetwork === undefined],
  [
    "has volumes in its own memory or disk only",
    ({ volumes = [] }) => volumes.every(({ emptyDir }) => emptyDir),
  ],
  [
    "has a service account of the environment",
    ({ serviceAccountName }) =>
      manifests.some((item) => titleOf(item) === `ServiceAccount/${String(serviceAccountName)}`),
  ],
];

const containerRules: [string, (container: Container) => boolean][] = [
  ["requests cpu", ({ resources }) => resources.requests.cpu !== undefined],
  ["requests memory", ({ resources }) => resources.requests.memory !== undefined],
  ["limits cpu", ({ resources }) => resources.limits.cpu !== undefined],
  ["limits memory", ({ resources }) => resources.limits.memory !== undefined],
  ["requests room on the disk", ({ resources }) => resources.requests["ephemeral-storage"] !== undefined],
  ["limits room on the disk", ({ resources }) => resources.limits["ephemeral-storage"] !== undefined],
  ["gains no privileges", ({ securityContext }) => securityContext.allowPrivilegeEscalation === false],
  ["is not privileged", ({ securityContext }) => securityContext.privileged === undefined],
  ["cannot write to its root", ({ securityContext }) => securityContext.readOnlyRootFilesystem === true],
  ["drops all capabilities", ({ securityContext }) => securityContext.capabilities.drop.join() === "ALL"],
  [
    "adds no capability but that for low ports",
    ({ securityContext }) =>
      ["", "NET_BIND_SERVICE"].includes(securityContext.capabilities.add?.join() ?? ""),
  ],
  ["runs an image by digest", ({ image }) => /^[^@]+@sha256:[0-9a-f]{64}$/.test(image)],
];

describe("every pod of a preview", () => {
  it.each(podRules)("%s", (_rule, holds) => {
    expect(pods.filter(({ pod }) => !holds(pod)).map(({ title }) => title)).toEqual([]);
  });
});

describe("every container of a preview", () => {
  it.each(containerRules)("%s", (_rule, holds) => {
    const breaking = pods.filter(({ pod }) => !pod.containers.every(holds));
    expect(breaking.map(({ title }) => title)).toEqual([]);
  });
});
