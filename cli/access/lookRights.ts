/** A command for people who look into an environment. */
export type Look = "logs" | "exec" | "open";

/** What the login of somebody who looks must be allowed in the environment's namespace, and why. */
export interface LookRight {
  apiGroup: string;
  resource: string;
  verbs: string[];
  looks: Look[];
  /** Whether the command goes on without it. Default: `false`. */
  optional?: true;
  why: string;
}

const all: Look[] = ["logs", "exec", "open"];

/** These are people's: no deployment needs them, and `dynenv env --check` does not ask for them. */
export const lookRights: LookRight[] = [
  {
    ...{ apiGroup: "", resource: "namespaces", verbs: ["get"], looks: all },
    why: "reads the marks, which say whose environment it is; no role of an environment has this right",
  },
  {
    ...{ apiGroup: "apps", resource: "deployments", verbs: ["list"], looks: all },
    why: "knows which services there are",
  },
  { apiGroup: "", resource: "pods", verbs: ["list"], looks: all, why: "finds a service's pods" },
  {
    ...{ apiGroup: "", resource: "pods", verbs: ["watch"], looks: ["logs", "open"] },
    why: "sees new pods come, and old ones go: of `logs`, only with `-f`",
  },
  { apiGroup: "", resource: "pods/log", verbs: ["get"], looks: ["logs"], why: "reads what they write" },
  {
    ...{ apiGroup: "", resource: "pods/exec", verbs: ["create", "get"], looks: ["exec"] },
    why: "starts the command; which of the two verbs is asked for depends on the cluster's version",
  },
  {
    ...{ apiGroup: "", resource: "services", verbs: ["get"], looks: ["open"] },
    why: "knows which port has the name that is asked for; where none is named, nobody asks",
  },
  {
    ...{ apiGroup: "", resource: "pods/portforward", verbs: ["create", "get"], looks: ["open"] },
    why: "opens a connection; which of the two verbs is asked for depends on the cluster's version",
  },
  {
    ...{ apiGroup: "", resource: "secrets", verbs: ["list"], looks: ["logs", "exec"], optional: true },
    why: "hides what they hold in what is shown; without it that is not hidden, and `logs` says so",
  },
];
