interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seccompProfile?: { type: string };
}

/** The fields of a container that rules speak of. */
export interface Container {
  name: string;
  image?: string;
  ports?: { hostPort?: number }[];
  resources?: Partial<Record<"requests" | "limits", Record<string, string>>>;
  securityContext?: SecurityContext & {
    allowPrivilegeEscalation?: boolean;
    privileged?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[]; add?: string[] };
  };
}

/** The fields of a pod that rules speak of. */
export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    containers: Container[];
    initContainers?: Container[];
    volumes?: { name: string }[];
    securityContext?: SecurityContext;
    serviceAccountName?: string;
    automountServiceAccountToken?: boolean;
    hostNetwork?: boolean;
    hostPID?: boolean;
    hostIPC?: boolean;
  };
}

/** The pod templates within a manifest, wherever its kind has them; a Pod is its own. */
export function podTemplates(value: unknown): PodTemplate[] {
  if (typeof value !== "object" || value === null) return [];
  return isPodTemplate(value) ? [value] : Object.values(value).flatMap(podTemplates);
}

function isPodTemplate(value: object): value is PodTemplate {
  const { spec } = value as { spec?: { containers?: unknown } | null };
  return Array.isArray(spec?.containers);
}
