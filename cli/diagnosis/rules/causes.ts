/** What is known of one cause of failure. */
interface Cause {
  /** What is wrong, as a predicate of the service's name. */
  says: string;
  next: string;
  /** Seconds that the state may last, since it may heal: what is late, retried or replaced. `Infinity`: to the deadline. */
  patience: number;
}

const always = 0;
/** For what is created beside it, and may be a moment late. */
const moment = 15;
/** For what another system may put right by itself, such as a registry that restarts. */
const outage = 45;
/** It may always be slow only; the deadline of the environment decides. */
const toTheDeadline = Infinity;

/** The causes that are told apart, by their fixed identifiers. Groups are in the order of a pod's life. */
export const causes = {
  "quota-exceeded": {
    says: "gets no pod, since the quota of the namespace is used up",
    next: "lower its requests, or raise what the environment may take",
    patience: moment,
  },
  "limit-range": {
    says: "gets no pod, since its resources are outside of the limit range",
    next: "correct its requests and limits",
    patience: always,
  },
  "pod-security": {
    says: "gets no pod, since its pod violates the Pod Security profile",
    next: "correct the security context that is named",
    patience: always,
  },
  "webhook-refused": {
    says: "is refused by an admission webhook",
    next: "correct what the webhook names, or ask its owner",
    patience: always,
  },
  "webhook-unreachable": {
    says: "is held up by an admission webhook that does not answer",
    next: "ask the owner of the cluster to repair the webhook",
    patience: outage,
  },
  "policy-refused": {
    says: "is refused by an admission policy",
    next: "correct what the policy names, or ask its owner",
    patience: always,
  },
  "service-account-missing": {
    says: "gets no pod, since its service account does not exist",
    next: "create the service account, or name another",
    patience: moment,
  },
  "priority-class-missing": {
    says: "gets no pod, since its priority class does not exist",
    next: "name a priority class of this cluster",
    patience: moment,
  },
  "pod-refused": {
    says: "gets no pod, since the cluster refuses it",
    next: "correct what the message names",
    patience: moment,
  },
  "object-refused": {
    says: "is rejected by the API server",
    next: "correct what the message names, or ask the owner of the cluster",
    patience: always,
  },
  "unschedulable-resources": {
    says: "finds no node with enough room",
    next: "lower its requests, free resources, or add nodes",
    patience: outage,
  },
  "unschedulable-selector": {
    says: "finds no node that matches its node selector or affinity",
    next: "correct the placement, or label a node",
    patience: outage,
  },
  "unschedulable-taint": {
    says: "finds no node whose taints it tolerates",
    next: "add a toleration, or free a node of its taint",
    patience: outage,
  },
  "volume-claim-missing": {
    says: "waits for a volume claim that does not exist",
    next: "create the claim, or remove the volume",
    patience: moment,
  },
  "volume-unbound": {
    says: "waits for a volume claim that gets no volume",
    next: "give the claim a storage class that provisions volumes",
    patience: outage,
  },
  unschedulable: {
    says: "cannot be scheduled",
    next: "correct what the scheduler names",
    patience: outage,
  },
  "node-gone": {
    says: "is on a node that does not answer",
    next: "have the node repaired or removed, then run it again",
    patience: outage,
  },
  evicted: {
    says: "was evicted from its node, more than once",
    next: "let it write or use less, or raise its limits",
    patience: always,
  },
  "sandbox-failed": {
    says: "gets no sandbox on its node",
    next: "ask the owner of the cluster to repair the node's network or runtime",
    patience: outage,
  },
  "config-missing": {
    says: "needs a ConfigMap that does not exist",
    next: "create it, or correct its name",
    patience: moment,
  },
  "secret-missing": {
    says: "needs a Secret that does not exist",
    next: "create it, or correct its name",
    patience: moment,
  },
  "key-missing": {
    says: "needs a key that its ConfigMap or Secret does not have",
    next: "add the key, or correct its name",
    patience: moment,
  },
  "mount-failed": {
    says: "waits for a volume that cannot be mounted",
    next: "correct the volume that the message names",
    patience: outage,
  },
  "image-missing": {
    says: "has an image that is not in the registry",
    next: "push the image, or correct its reference",
    patience: moment,
  },
  "image-name-invalid": {
    says: "has an invalid image reference",
    next: "correct the reference",
    patience: always,
  },
  "registry-login-refused": {
    says: "has an image that the registry does not hand out to this login",
    next: "check the registry's user, password and rights",
    patience: moment,
  },
  "registry-rate-limit": {
    says: "has an image whose registry refuses further pulls for now",
    next: "log in to the registry, or use a mirror",
    patience: outage,
  },
  "registry-unreachable": {
    says: "has an image whose registry does not answer",
    next: "check the registry's address, and that nodes reach it",
    patience: outage,
  },
  "image-wrong-platform": {
    says: "has an image that is not built for the node's platform",
    next: "build it for the platform of the nodes",
    patience: always,
  },
  "image-broken": {
    says: "has an image that cannot be unpacked",
    next: "build and push the image again",
    patience: outage,
  },
  "image-not-pulled": {
    says: "has an image that cannot be pulled",
    next: "correct what the message names",
    patience: outage,
  },
  "runs-as-root": {
    says: "has an image that runs as root, which its pod forbids",
    next: "give it another user number, or `user: 0` where podSecurity is baseline",
    patience: always,
  },
  "command-missing": {
    says: "has a command that is not in its image",
    next: "correct the command, or build it into the image",
    patience: always,
  },
  "command-refused": {
    says: "has a command that may not be run",
    next: "make the file executable for the user that it runs as",
    patience: always,
  },
  "container-refused": {
    says: "has a container that cannot be created",
    next: "correct what the message names",
    patience: outage,
  },
  "out-of-memory": {
    says: "uses more memory than its limit, and is killed each time",
    next: "raise its memory limit, or let it use less",
    patience: always,
  },
  "start-hook-failed": {
    says: "has a postStart hook that fails",
    next: "correct the hook",
    patience: always,
  },
  "liveness-failing": {
    says: "keeps being restarted, since its liveness probe fails",
    next: "correct the probe, or what it asks",
    patience: always,
  },
  "startup-failing": {
    says: "keeps being restarted, since its startup probe fails",
    next: "give it more time to start, or correct the probe",
    patience: always,
  },
  "needs-root": {
    says: "has an image that insists on running as root",
    next: "give it `user: 0` and podSecurity baseline, see `lowest` in ci/admission.yaml",
    patience: always,
  },
  "read-only": {
    says: "writes to a folder of its image, which is read-only",
    next: "name it in its writablePaths, or set its readOnlyRootFilesystem to false",
    patience: always,
  },
  exits: {
    says: "keeps exiting with code 0, though it is a service",
    next: "let its command run in the foreground",
    patience: always,
  },
  "crash-loop": {
    says: "keeps crashing",
    next: "read its last lines above, and correct what they name",
    patience: always,
  },
  "readiness-failing": {
    says: "runs, but its readiness probe fails",
    next: "correct the probe, or what it asks",
    patience: toTheDeadline,
  },
  "seed-failed": {
    says: "could not be filled with its data",
    next: "read the last lines of the seed's Job above, and correct what they name",
    patience: always,
  },
  "before-failed": {
    says: "does not start, since what has to run before it failed",
    next: "read its last lines above, and correct what they name",
    patience: always,
  },
  "scaled-down": {
    says: "runs no pod, since it was scaled to none",
    next: "scale it up, or run `dynenv up` again",
    patience: moment,
  },
  deleted: {
    says: "was deleted by somebody else",
    next: "run `dynenv up` again",
    patience: moment,
  },
  "dependency-down": {
    says: "does not work, says a health page",
    next: "read its log, and correct what it names",
    patience: toTheDeadline,
  },
  silent: {
    says: "takes connections, but what uses it waits for an answer",
    next: "read its log and that of the service that waits, and correct what they name",
    patience: toTheDeadline,
  },
  "no-answer": {
    says: "does not answer as it should",
    next: "correct its Service's port, or what its log names",
    patience: toTheDeadline,
  },
  "no-address": {
    says: "works, but its address outside of the cluster does not answer",
    next: "correct what the gateway names, or ask the owner of the cluster",
    patience: toTheDeadline,
  },
  "wrong-commit": {
    says: "reports another commit than the one that was deployed",
    next: "build the image from that commit, with the commit in it",
    patience: toTheDeadline,
  },
  "not-checked": {
    says: "is not known to be ready",
    next: "run `dynenv up` again",
    patience: toTheDeadline,
  },
  slow: {
    says: "is still starting, as far as can be seen",
    next: "read its last lines, and raise readyWithinSeconds or find what takes it so long",
    patience: toTheDeadline,
  },
} satisfies Record<string, Cause>;

export type CauseId = keyof typeof causes;
