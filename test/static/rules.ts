import { titleOf, type Manifest } from "../../rendering/manifest.ts";
import { podTemplates, type Container, type PodTemplate } from "./podTemplates.ts";

/** What every environment keeps to: each rule gives a sentence for everything that is wrong. */
export const rules = {
  noPrivilege,
  resources,
  labels,
  namespaceMarks,
  imagesByDigest,
  shortLivedVolumes,
  ownServiceAccount,
  nothingOutside,
  namespaced,
  readOnlyRoot,
  servedByServices,
};

/** A field, its value, whether that is right, and what it must be. */
type Requirement = [field: string, value: unknown, isRight: boolean, must: string];

function noPrivilege(manifests: Manifest[]): string[] {
  return [
    ...podsOf(manifests).flatMap(({ where, template: { spec } }) =>
      broken(where, [
        ["hostNetwork", spec.hostNetwork, spec.hostNetwork === undefined, "unset"],
        ["hostPID", spec.hostPID, spec.hostPID === undefined, "unset"],
        ["hostIPC", spec.hostIPC, spec.hostIPC === undefined, "unset"],
      ]),
    ),
    ...containersOf(manifests).flatMap(({ where, container, template }) =>
      broken(where, privileges(container, template)),
    ),
  ];
}

/** Of what a container does not say itself, the pod's word counts. */
function privileges({ securityContext = {}, ports = [] }: Container, { spec }: PodTemplate): Requirement[] {
  const {
    allowPrivilegeEscalation: escalation,
    privileged,
    capabilities: { drop, add } = {},
  } = securityContext;
  const { runAsNonRoot, runAsUser, seccompProfile } = { ...spec.securityContext, ...securityContext };
  const isHarmless = add?.every((capability) => capability === "NET_BIND_SERVICE") ?? true;
  const isSeccomp = seccompProfile?.type === "RuntimeDefault";
  return [
    ["securityContext.allowPrivilegeEscalation", escalation, escalation === false, "false"],
    ["securityContext.privileged", privileged, privileged === undefined, "unset"],
    ["securityContext.capabilities.drop", drop, drop?.join() === "ALL", '["ALL"]'],
    ["securityContext.capabilities.add", add, isHarmless, "unset or NET_BIND_SERVICE"],
    ["securityContext.runAsNonRoot", runAsNonRoot, runAsNonRoot === true, "true"],
    ["securityContext.runAsUser", runAsUser, (runAsUser ?? 0) > 0, "a number above 0"],
    ["securityContext.seccompProfile.type", seccompProfile?.type, isSeccomp, '"RuntimeDefault"'],
    ...ports.map(({ hostPort }): Requirement => [
      "ports.hostPort",
      hostPort,
      hostPort === undefined,
      "unset",
    ]),
  ];
}

function resources(manifests: Manifest[]): string[] {
  return containersOf(manifests).flatMap(({ where, container: { resources = {} } }) =>
    broken(
      where,
      (["requests", "limits"] as const).flatMap((bound) =>
        ["cpu", "memory", "ephemeral-storage"].map((kind): Requirement => {
          const value = resources[bound]?.[kind];
          return [`resources.${bound}.${kind}`, value, value !== undefined, "a quantity"];
        }),
      ),
    ),
  );
}

function labels(manifests: Manifest[]): string[] {
  return [
    ...manifests.flatMap((manifest) => {
      const [name, owner] = marks(manifest.metadata.labels);
      const isOfWorkload = ofWorkloads.includes(manifest.kind) || podTemplates(manifest).length > 0;
      return broken(titleOf(manifest), isOfWorkload ? [name, owner] : [owner]);
    }),
    ...podsOf(manifests).flatMap(({ where, template: { metadata } }) => {
      const [name, owner] = marks(metadata?.labels);
      return broken(`${where}, pod template`, worksForService(metadata?.labels) ? [name] : [name, owner]);
    }),
  ];
}

/** Kinds whose objects each belong to one workload, as what has pods does itself. */
const ofWorkloads = ["Service", "ServiceAccount", "ConfigMap", "Role", "RoleBinding"];

function marks(given: Record<string, string> = {}): [name: Requirement, owner: Requirement] {
  const { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": owner } = given;
  return [
    ["metadata.labels.app.kubernetes.io/name", name, name !== undefined, "a name"],
    ["metadata.labels.app.kubernetes.io/part-of", owner, owner === "dynenv", '"dynenv"'],
  ];
}

const podSecurity = {
  ...{ enforce: "restricted", "enforce-version": "latest" },
  ...{ warn: "restricted", "warn-version": "latest" },
};

/** What cleanup reads, and what the API server admits pods by. */
function namespaceMarks(manifests: Manifest[]): string[] {
  return manifests
    .filter(({ kind }) => kind === "Namespace")
    .flatMap((namespace) => {
      const { labels = {}, annotations = {} } = namespace.metadata;
      // One that stays has no end.
      const life = annotations["dynenv/kind"] === "standing" ? [] : ["ttl"];
      const marks = ["project", "ref", "commit", "stack", ...life, "trust"];
      const recorded = marks.map((mark): Requirement => {
        const text = annotations[`dynenv/${mark}`];
        return [`metadata.annotations.dynenv/${mark}`, text, text !== undefined && text !== "", "a text"];
      });
      const security = Object.entries(podSecurity).map(([key, must]): Requirement => {
        const label = `pod-security.kubernetes.io/${key}`;
        return [`metadata.labels.${label}`, labels[label], labels[label] === must, JSON.stringify(must)];
      });
      return broken(titleOf(namespace), [...recorded, ...security]);
    });
}

function imagesByDigest(manifests: Manifest[]): string[] {
  return containersOf(manifests).flatMap(({ where, container: { image } }) => {
    const isPinned = /@sha256:[0-9a-f]{64}$/.test(image ?? "");
    return broken(where, [["image", image, isPinned, "an image with its digest"]]);
  });
}

/** Whether the manifests are those of an environment that stays, which may have data that does. */
function isStanding(manifests: Manifest[]): boolean {
  return manifests.some(
    ({ kind, metadata }) => kind === "Namespace" && metadata.annotations?.["dynenv/kind"] === "standing",
  );
}

function shortLivedVolumes(manifests: Manifest[]): string[] {
  const lasting = isStanding(manifests) ? ["persistentVolumeClaim"] : [];
  return podsOf(manifests).flatMap(({ where, template }) =>
    broken(
      where,
      (template.spec.volumes ?? []).map(({ name, ...source }): Requirement => {
        const kinds = Object.keys(source);
        const isRight = kinds.every((kind) => ["emptyDir", "configMap", "secret", ...lasting].includes(kind));
        return [`volume ${name}`, kinds.join(), isRight, "emptyDir, configMap or secret"];
      }),
    ),
  );
}

function ownServiceAccount(manifests: Manifest[]): string[] {
  const accounts = manifests.filter(({ kind }) => kind === "ServiceAccount");
  const own = accounts.map(({ metadata }) => metadata.name);
  return [
    ...accounts.flatMap((account) =>
      broken(titleOf(account), [noToken(account.automountServiceAccountToken)]),
    ),
    ...podsOf(manifests).flatMap(({ where, template: { spec } }) => {
      const { serviceAccountName: name = "default", automountServiceAccountToken: token } = spec;
      const isOwn = own.includes(name);
      return broken(where, [
        ["serviceAccountName", name, isOwn, "an account of the manifests"],
        noToken(token),
      ]);
    }),
  ];
}

function noToken(token: unknown): Requirement {
  return ["automountServiceAccountToken", token, token === false, "false"];
}

function nothingOutside(manifests: Manifest[]): string[] {
  const mayStay = isStanding(manifests);
  return manifests.flatMap((manifest) => {
    const { type = "ClusterIP", volumeClaimTemplates: claims } = (manifest.spec ?? {}) as {
      type?: string;
      volumeClaimTemplates?: unknown;
    };
    return broken(titleOf(manifest), [
      [
        "kind",
        manifest.kind,
        mayStay || manifest.kind !== "PersistentVolumeClaim",
        "one that goes with its pods",
      ],
      ["spec.volumeClaimTemplates", claims, claims === undefined, "unset"],
      ["spec.type", type, manifest.kind !== "Service" || type === "ClusterIP", '"ClusterIP"'],
    ]);
  });
}

function namespaced(manifests: Manifest[]): string[] {
  const names = manifests.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
  return manifests
    .filter(({ kind }) => kind !== "Namespace")
    .flatMap((manifest) => {
      const { namespace } = manifest.metadata;
      // Kubernetes refuses an object that is the cluster's own and names a namespace.
      const isInside = namespace !== undefined && names.includes(namespace);
      return broken(titleOf(manifest), [["metadata.namespace", namespace, isInside, names.join(" or ")]]);
    });
}

function readOnlyRoot(manifests: Manifest[]): string[] {
  return containersOf(manifests).flatMap(({ where, container, template }) => {
    const isReadOnly = container.securityContext?.readOnlyRootFilesystem;
    const mayWrite = template.metadata?.annotations?.["dynenv/writable-root"] === "true";
    return broken(where, [
      ["securityContext.readOnlyRootFilesystem", isReadOnly, mayWrite || isReadOnly === true, "true"],
    ]);
  });
}

/** Whether labels say so of a pod of a Job: it lacks the owner's mark, by which Services choose pods. */
function worksForService(given: Record<string, string> = {}): boolean {
  return ["before", "task"].includes(given["dynenv/job"] ?? "");
}

/** A Service leads to what serves: never to the pod of a Job with a service's name. */
function servedByServices(manifests: Manifest[]): string[] {
  const services = manifests.filter(({ kind }) => kind === "Service");
  const jobs = podsOf(manifests.filter(({ kind }) => ["Job", "CronJob"].includes(kind)));
  return services.flatMap(({ metadata, spec }) => {
    const selector = Object.entries((spec as { selector?: Record<string, string> }).selector ?? {});
    // That of the readiness Job chooses pods by the name of a port, which no Job's has.
    const isOfOne = selector.some(([key]) => key === "app.kubernetes.io/name");
    const chosen = jobs.filter(
      ({ template }) =>
        isOfOne && selector.every(([key, value]) => template.metadata?.labels?.[key] === value),
    );
    return chosen.map(({ where }) => `Service/${metadata.name}: leads to the pod of ${where}`);
  });
}

interface Pod {
  where: string;
  template: PodTemplate;
}

function podsOf(manifests: Manifest[]): Pod[] {
  return manifests.flatMap((manifest) =>
    podTemplates(manifest).map((template) => ({ where: titleOf(manifest), template })),
  );
}

function containersOf(manifests: Manifest[]): (Pod & { container: Container })[] {
  return podsOf(manifests).flatMap(({ where, template }) =>
    [...(template.spec.initContainers ?? []), ...template.spec.containers].map((container) => ({
      where: `${where}, container ${container.name}`,
      template,
      container,
    })),
  );
}

function broken(where: string, requirements: Requirement[]): string[] {
  return requirements
    .filter(([, , isRight]) => !isRight)
    .map(([field, value, , must]) => {
      const given = value === undefined ? "unset" : JSON.stringify(value);
      return `${where}: ${field} is ${given} but must be ${must}`;
    });
}
