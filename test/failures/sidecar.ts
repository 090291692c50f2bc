import { vi, expect } from "vitest";
import { kubectlWith } from "../integration/shell.ts";
import type { Manifest } from "./environment.ts";

const apiVersion = "admissionregistration.k8s.io/v1";
const podRule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };

/** The container that somebody injects, and that the profile `restricted` and a quota admit. */
const injected = {
  name: "a-proxy",
  imagePullPolicy: "IfNotPresent",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  resources: {
    requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "1Mi" },
    limits: { cpu: "200m", memory: "64Mi", "ephemeral-storage": "16Mi" },
  },
};

/** An admission policy that puts a container before the others of every pod of some namespaces, as a mesh does. */
export function sidecarPolicy(name: string, namespaces: string[], container: object): Manifest[] {
  const value = inCel({ ...injected, ...container });
  const expression = `[JSONPatch{op: "add", path: "/spec/containers/0", value: ${value}}]`;
  const key = "kubernetes.io/metadata.name";
  return [
    {
      ...{ apiVersion, kind: "MutatingAdmissionPolicy", metadata: { name } },
      spec: {
        ...{ failurePolicy: "Fail", reinvocationPolicy: "Never" },
        matchConstraints: { resourceRules: [podRule] },
        mutations: [{ patchType: "JSONPatch", jsonPatch: { expression } }],
      },
    },
    {
      ...{ apiVersion, kind: "MutatingAdmissionPolicyBinding", metadata: { name } },
      spec: {
        policyName: name,
        matchResources: {
          namespaceSelector: { matchExpressions: [{ key, operator: "In", values: namespaces }] },
        },
      },
    },
  ];
}

/** The API server learns of a policy a moment later. @param pod to try it with, which is not created. */
export async function sidecarIsInjected(pod: object): Promise<void> {
  const isInjected = async () => {
    const { stdout, output } = await kubectlWith(
      JSON.stringify(pod),
      ...["create", "--dry-run=server", "-o", "jsonpath={.spec.containers[*].name}", "-f", "-"],
    );
    expect(stdout, output).toMatch(/^a-proxy /);
  };
  await vi.waitFor(isInjected, { timeout: 30_000, interval: 200 });
}

/** A value in the Common Expression Language, whose maps hold values of one type unless they are said to be dynamic. */
function inCel(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inCel).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: dyn(${inCel(one)})`);
  return `{${entries.join(", ")}}`;
}
