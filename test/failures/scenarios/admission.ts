import type { Manifest } from "../environment.ts";
import { caBundle, webhookUrl } from "../faultyServer.ts";
import { within, type Scenario } from "./scenario.ts";

const memory = (amount: string) => ({
  resources: { requests: { memory: amount }, limits: { memory: amount } },
});
const api = "admissionregistration.k8s.io/v1";
const podRule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
const only = (namespace: string) => ({ matchLabels: { "kubernetes.io/metadata.name": namespace } });

/** A webhook that judges the pods of `app` in one namespace. */
function judge(namespace: string, clientConfig: object): Manifest {
  const webhook = {
    ...{ name: "judge.example.com", clientConfig, rules: [podRule], namespaceSelector: only(namespace) },
    objectSelector: { matchLabels: { "app.kubernetes.io/name": "app" } },
    ...{ admissionReviewVersions: ["v1"], sideEffects: "None", timeoutSeconds: 2, failurePolicy: "Fail" },
  };
  const kind = "ValidatingWebhookConfiguration";
  return { apiVersion: api, kind, metadata: { name: namespace }, webhooks: [webhook] };
}

function policy(namespace: string): Manifest[] {
  const expression = "object.metadata.labels['app.kubernetes.io/name'] != 'app'";
  const metadata = { name: namespace };
  return [
    {
      ...{ apiVersion: api, kind: "ValidatingAdmissionPolicy", metadata },
      spec: {
        matchConstraints: { resourceRules: [podRule] },
        validations: [{ expression, message: "app is not wanted" }],
      },
    },
    {
      ...{ apiVersion: api, kind: "ValidatingAdmissionPolicyBinding", metadata },
      spec: {
        ...{ policyName: namespace, validationActions: ["Deny"] },
        matchResources: { namespaceSelector: only(namespace) },
      },
    },
  ];
}

export const admission: Scenario[] = [
  {
    cause: "quota-exceeded",
    what: "no room for memory",
    container: memory("500Mi"),
    before: (namespace) => [
      within(namespace, "v1", "ResourceQuota", "environment", {
        spec: { hard: { "requests.memory": "400Mi" } },
      }),
    ],
  },
  {
    cause: "limit-range",
    what: "more than a container may have",
    container: memory("512Mi"),
    before: (namespace) => [
      within(namespace, "v1", "LimitRange", "containers", {
        spec: { limits: [{ type: "Container", max: { memory: "256Mi" } }] },
      }),
    ],
  },
  {
    cause: "pod-security",
    what: "a privileged container",
    container: { securityContext: { privileged: true, allowPrivilegeEscalation: true } },
  },
  {
    cause: "service-account-missing",
    what: "an account that nobody made",
    pod: { serviceAccountName: "nowhere" },
  },
  {
    cause: "priority-class-missing",
    what: "a class that the cluster lacks",
    pod: { priorityClassName: "nowhere" },
  },
  {
    cause: "pod-refused",
    what: "a runtime class that the cluster lacks",
    pod: { runtimeClassName: "nowhere" },
  },
  {
    cause: "webhook-refused",
    what: "a webhook that says no",
    before: (namespace) => [judge(namespace, { url: webhookUrl, caBundle: caBundle() })],
  },
  {
    cause: "webhook-unreachable",
    what: "a webhook that nobody serves",
    before: (namespace) => [judge(namespace, { url: "https://127.0.0.1:1/" })],
  },
  {
    cause: "object-refused",
    what: "a quota of the platform team, by count",
    hinders: (namespace) =>
      within(namespace, "v1", "ResourceQuota", "team", {
        spec: { hard: { "count/configmaps": "1", "count/secrets": "1", services: "2" } },
      }),
  },
  { cause: "policy-refused", what: "a validating admission policy", before: policy },
];
