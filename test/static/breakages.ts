import { titleOf, type Manifest } from "../../rendering/manifest.ts";
import { manifestsOf } from "./goldenFiles.ts";
import type { rules } from "./rules.ts";

type RuleName = keyof typeof rules;

/** One way to break a rule: the broken manifests, and the sentence that says so. */
type Breakage = [rule: RuleName, violation: string, manifests: Manifest[]];

const preview = manifestsOf("preview.yaml");
const namespace = preview.find(({ kind }) => kind === "Namespace")?.metadata.name ?? "";

const subject = "Deployment/deals";
const template = ["spec", "template"];
const pod = [...template, "spec"];
const container = [...pod, "containers", "0"];

/** A manifest of the preview with one value changed; `path` has the keys to it, `undefined` takes it away. */
export function changed(title: string, path: string[], value: unknown): Manifest {
  const manifest = structuredClone(preview.find((one) => titleOf(one) === title));
  if (manifest === undefined) throw new Error(`the preview has no ${title}`);
  const parent = path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => {
    return (at[key] ??= {}) as Record<string, unknown>;
  }, manifest);
  parent[path.at(-1) ?? ""] = value;
  return manifest;
}

/** The same in the application's container; the path's keys are joined by dots. */
export function changedContainer(path: string, value: unknown): Manifest {
  return changed(subject, [...container, ...path.split(".")], value);
}

function withChanged(changed: Manifest): Manifest[] {
  return preview.map((manifest) => (titleOf(manifest) === titleOf(changed) ? changed : manifest));
}

function inContainer(rule: RuleName, path: string, value: unknown, complaint: string): Breakage {
  const violation = `${subject}, container deals: ${path} ${complaint}`;
  return [rule, violation, withChanged(changedContainer(path, value))];
}

function inPod(rule: RuleName, key: string, value: unknown, complaint: string): Breakage {
  return [rule, `${subject}: ${complaint}`, withChanged(changed(subject, [...pod, key], value))];
}

function inVolumes(source: object, kind: string): Breakage {
  const complaint = `volume data is "${kind}" but must be emptyDir, configMap or secret`;
  return inPod("shortLivedVolumes", "volumes", [{ name: "data", ...source }], complaint);
}

const nameLabel = "app.kubernetes.io/name";
const ownerLabel = "app.kubernetes.io/part-of";

function inOwner(title: string, path: string[] = [], where = title): Breakage {
  const stranger = changed(title, [...path, "metadata", "labels", ownerLabel], "somebody");
  const violation = `${where}: metadata.labels.${ownerLabel} is "somebody" but must be "dynenv"`;
  return ["labels", violation, withChanged(stranger)];
}

function inLabels(title: string, path: string[] = [], where = title): Breakage[] {
  const nameless = changed(title, [...path, "metadata", "labels", nameLabel], undefined);
  const violation = `${where}: metadata.labels.${nameLabel} is unset but must be a name`;
  return [["labels", violation, withChanged(nameless)], inOwner(title, path, where)];
}

function inNamespace(field: "labels" | "annotations", key: string, must: string): Breakage {
  const unmarked = changed(`Namespace/${namespace}`, ["metadata", field, key], undefined);
  const violation = `Namespace/${namespace}: metadata.${field}.${key} is unset but must be ${must}`;
  return ["namespaceMarks", violation, withChanged(unmarked)];
}

function withAdded(rule: RuleName, kind: string, complaint: string, more: object): Breakage {
  const metadata = { name: "extra", namespace, labels: { [ownerLabel]: "dynenv" } };
  return [rule, `${kind}/extra: ${complaint}`, [...preview, { kind, metadata, ...more }]];
}

function serviceOfType(type: string): Breakage {
  const manifests = withChanged(changed("Service/deals", ["spec", "type"], type));
  return ["nothingOutside", `Service/deals: spec.type is "${type}" but must be "ClusterIP"`, manifests];
}

const noPrivilege: Breakage[] = [
  ...["hostNetwork", "hostPID", "hostIPC"].map((field) =>
    inPod("noPrivilege", field, true, `${field} is true but must be unset`),
  ),
  ...(
    [
      ["securityContext.allowPrivilegeEscalation", undefined, "is unset but must be false"],
      ["securityContext.privileged", true, "is true but must be unset"],
      ["securityContext.capabilities.drop", ["NET_RAW"], 'is ["NET_RAW"] but must be ["ALL"]'],
      [
        "securityContext.capabilities.add",
        ["NET_BIND_SERVICE", "NET_RAW"],
        'is ["NET_BIND_SERVICE","NET_RAW"] but must be unset or NET_BIND_SERVICE',
      ],
      ["securityContext.runAsNonRoot", false, "is false but must be true"],
      ["securityContext.runAsUser", 0, "is 0 but must be a number above 0"],
      ["securityContext.seccompProfile.type", "Unconfined", 'is "Unconfined" but must be "RuntimeDefault"'],
    ] as const
  ).map(([path, value, complaint]) => inContainer("noPrivilege", path, value, complaint)),
  [
    "noPrivilege",
    `${subject}, container deals: ports.hostPort is 8080 but must be unset`,
    withChanged(changedContainer("ports", [{ containerPort: 8080, hostPort: 8080 }])),
  ],
  [
    "noPrivilege",
    `${subject}, container deals: securityContext.runAsNonRoot is unset but must be true`,
    withChanged(changed(subject, [...pod, "securityContext", "runAsNonRoot"], undefined)),
  ],
];

const initContainer = {
  name: "prepare",
  image: `example/prepare@sha256:${"1".repeat(64)}`,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  },
  resources: {
    requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
    limits: { cpu: "1", "ephemeral-storage": "1Gi" },
  },
};

const resources: Breakage[] = [
  ...["requests", "limits"]
    .flatMap((bound) => ["cpu", "memory", "ephemeral-storage"].map((kind) => `${bound}.${kind}`))
    .map((kind) =>
      inContainer("resources", `resources.${kind}`, undefined, "is unset but must be a quantity"),
    ),
  [
    "resources",
    `${subject}, container prepare: resources.limits.memory is unset but must be a quantity`,
    withChanged(changed(subject, [...pod, "initContainers"], [initContainer])),
  ],
];

const labels: Breakage[] = [
  ...inLabels(subject),
  ...inLabels(subject, template, `${subject}, pod template`),
  ...inLabels("CronJob/test"),
  ...inLabels("CronJob/test", ["spec", "jobTemplate", "spec", "template"], "CronJob/test, pod template"),
  ...inLabels("Job/readiness"),
  ...inLabels("Job/readiness", template, "Job/readiness, pod template"),
  ...["Service/deals", "ServiceAccount/deals", "Role/test-runner", "RoleBinding/test-runner"].flatMap(
    (title) => inLabels(title),
  ),
  withAdded("labels", "ConfigMap", `metadata.labels.${nameLabel} is unset but must be a name`, {}),
  ...[
    `Namespace/${namespace}`,
    "NetworkPolicy/default-deny",
    "ResourceQuota/environment",
    "LimitRange/environment",
    "Secret/gitlab-registry",
    "Secret/catalogue-db-password",
  ].map((title) => inOwner(title)),
];

const namespaceMarks: Breakage[] = [
  ...["project", "ref", "commit", "stack", "ttl", "trust"].map((mark) =>
    inNamespace("annotations", `dynenv/${mark}`, "a text"),
  ),
  ...["enforce", "warn"].flatMap((mode) => [
    inNamespace("labels", `pod-security.kubernetes.io/${mode}`, '"restricted"'),
    inNamespace("labels", `pod-security.kubernetes.io/${mode}-version`, '"latest"'),
  ]),
];

const image = "registry.example.com/shop/deals:main";
const token = "automountServiceAccountToken";

const ofDeals = { [nameLabel]: "deals", [ownerLabel]: "dynenv" };

export const breakages: Breakage[] = [
  ...noPrivilege,
  ...resources,
  ...labels,
  ...namespaceMarks,
  inContainer("imagesByDigest", "image", image, `is "${image}" but must be an image with its digest`),
  inVolumes({ hostPath: { path: "/" } }, "hostPath"),
  inVolumes({ persistentVolumeClaim: { claimName: "data" } }, "persistentVolumeClaim"),
  inVolumes({ projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }, "projected"),
  inPod(
    "ownServiceAccount",
    "serviceAccountName",
    undefined,
    'serviceAccountName is "default" but must be an account of the manifests',
  ),
  inPod("ownServiceAccount", token, true, `${token} is true but must be false`),
  [
    "ownServiceAccount",
    `ServiceAccount/deals: ${token} is unset but must be false`,
    withChanged(changed("ServiceAccount/deals", [token], undefined)),
  ],
  serviceOfType("LoadBalancer"),
  serviceOfType("NodePort"),
  withAdded(
    "nothingOutside",
    "PersistentVolumeClaim",
    'kind is "PersistentVolumeClaim" but must be one that goes with its pods',
    {},
  ),
  [
    "nothingOutside",
    `${subject}: spec.volumeClaimTemplates is [] but must be unset`,
    withChanged(changed(subject, ["spec", "volumeClaimTemplates"], [])),
  ],
  withAdded("namespaced", "ClusterRole", `metadata.namespace is unset but must be ${namespace}`, {
    metadata: { name: "extra", labels: { [ownerLabel]: "dynenv" } },
  }),
  inContainer(
    "readOnlyRoot",
    "securityContext.readOnlyRootFilesystem",
    undefined,
    "is unset but must be true",
  ),
  [
    "servedByServices",
    "Service/deals: leads to the pod of Job/extra",
    [
      ...preview,
      {
        kind: "Job",
        metadata: { name: "extra", namespace, labels: ofDeals },
        spec: {
          template: {
            metadata: { labels: ofDeals },
            spec: { containers: [], serviceAccountName: "deals", [token]: false },
          },
        },
      },
    ],
  ],
];
