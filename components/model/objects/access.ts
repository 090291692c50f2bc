interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const look = ["get", "list", "watch"];

/** What is in the namespace and how it fares; no Secrets. */
const reading: Rule[] = [
  {
    apiGroups: [""],
    resources: [
      "pods",
      "pods/log",
      "services",
      "endpoints",
      "events",
      "configmaps",
      "resourcequotas",
      "limitranges",
    ],
    verbs: look,
  },
  { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: look },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: look },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies", "ingresses"], verbs: look },
];

/** Reaches services by port-forward or the API server's proxy. Not Jobs: whoever may create one can mount Secrets. */
const calling: Rule[] = [
  { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["services/proxy"], verbs: ["get"] },
];

/** Starts tests, looks into containers and restarts them: by each of these it reaches Secrets, too. */
const debugging: Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] },
];

/** Name of each Role of an environment to its rules; all are bound within the namespace. */
export const roles = {
  "test-runner": [...reading, ...calling],
  developer: [...reading, ...calling, ...debugging],
} satisfies Record<string, Rule[]>;
