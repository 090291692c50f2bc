import { mapSecrets, type Construction } from "../../rendering/construction.ts";

export interface Container {
  name: string;
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name?: string; containerPort: number; protocol?: string }[];
  volumeMounts?: { name: string; mountPath: string; subPath?: string }[];
  resources?: object;
}

export interface PodTemplate {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    serviceAccountName: string;
    initContainers?: Container[];
    containers: Container[];
    volumes?: {
      name: string;
      emptyDir?: object;
      configMap?: { name: string };
      secret?: { secretName: string };
    }[];
  };
}

export interface KubernetesObject {
  kind: string;
  name: string;
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
  /** Everything of it but its metadata; secrets are open. */
  content: Record<string, unknown>;
}

/** What Kubernetes gets, with the names that it gives itself, as the mocked engine does. */
export function objectsOf({ resources }: Construction): KubernetesObject[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map((resource) => {
      const { kind, metadata, ...content } = mapSecrets(resource.inputs, (secret) => secret) as {
        kind: string;
        metadata: KubernetesObject["metadata"] & { name?: string };
      };
      return { kind, name: metadata.name ?? `${resource.name}-1234abcd`, metadata, content };
    });
}

export const titleOf = ({ kind, name }: KubernetesObject): string => `${kind}/${name}`;

/** The pod template of what has pods. */
export function templateOf({ kind, content: { spec } }: KubernetesObject): PodTemplate | undefined {
  if (kind === "Deployment" || kind === "Job") return (spec as { template: PodTemplate }).template;
  if (kind !== "CronJob") return undefined;
  return (spec as { jobTemplate: { spec: { template: PodTemplate } } }).jobTemplate.spec.template;
}

/** Whatever is said under one key anywhere within a value. */
export function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([at, item]: [string, unknown]) => [
    ...(at === key ? [item] : []),
    ...valuesOf(item, key),
  ]);
}
