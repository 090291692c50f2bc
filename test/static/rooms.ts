/** A folder of the house, and which others its files may import from. */
interface Room {
  /** What lies there, in one line. */
  what: string;
  enters: string[];
}

const model = "components/model/index.ts";

/** The folder of a room, which may be entered through one file alone. */
export function folderOf(room: string): string {
  return room.replace(/\/[^/]+\.ts$/, "");
}

/**
 * From the ground up; the lint rules and docs/architecture.md come from it. A path that ends with a file is a room that
 * others enter through that file alone.
 */
export const rooms: Record<string, Room> = {
  "components/readiness": {
    what: "the programs that wait in pods for services, bundled to files that run in any image with Node",
    enters: [],
  },
  "components/model/rules": {
    what: "forms of values, names, quantities, and the sentence that tells what is wrong",
    enters: [],
  },
  "components/model/graph": {
    what: "services, what they use and need, catalogues, Sock Shop",
    enters: ["components/model/rules"],
  },
  "components/model/objects": {
    what: "what the cluster gets: labels, pod specs, Jobs, policies, quota, access, logins",
    enters: ["components/readiness", "components/model/rules", "components/model/graph"],
  },
  "components/model/lifetime": {
    what: "marks, times to live, trust",
    enters: ["components/model/rules", "components/model/objects"],
  },
  [model]: {
    what: "all of it, pure data and rules, and the plan of an environment",
    enters: [
      ...["components/readiness", "components/model/rules", "components/model/graph"],
      ...["components/model/objects", "components/model/lifetime"],
    ],
  },
  foundation: {
    what: "what the program and the command line share: failures, files, locks, the checkout, CI variables, kubeconfigs",
    enters: [model],
  },
  vendor: { what: "what is bundled at installation", enters: ["foundation"] },
  tuning: { what: "patches of Pulumi's SDK that make it start sooner", enters: [] },
  components: {
    what: "the package of components, entered through index.ts",
    enters: [model, "components/environment", "components/services", "components/checks"],
  },
  "components/services": {
    what: "a service's Deployment, its image, passwords and seed, and the services beside it",
    enters: [model, "components"],
  },
  "components/checks": {
    what: "the readiness Job and the tests",
    enters: [model, "components", "components/services"],
  },
  "components/environment": {
    what: "the environment itself, its namespace, isolation, limits, access and registry login",
    enters: [model, "components", "components/services", "components/checks"],
  },
  "components/plugin": {
    what: "the components for programs in other languages",
    enters: ["components/index.ts"],
  },
  stacks: {
    what: "one file for each kind of stack, and the settings, which alone read the configuration",
    enters: ["components/index.ts", model, "foundation", "tuning"],
  },
  rendering: {
    what: "what Kubernetes would get, without cluster and engine: golden files, releases and the benchmark compare with it",
    enters: [model, "foundation", "stacks"],
  },
  local: {
    what: "the embedded cluster: tools, node, images",
    enters: [model, "foundation"],
  },
  "local/plugins": {
    what: "drop-in providers where Pulumi's cannot be downloaded",
    enters: [model, "foundation", "local"],
  },
  "cli/text": {
    what: "what text may show: masks of secrets, control characters, whole lines",
    enters: [model, "foundation"],
  },
  "cli/process": {
    what: "the door to the terminal, interrupts, exit codes",
    enters: [model, "foundation", "cli/text"],
  },
  "cli/forge": {
    what: "GitLab's and GitHub's comments: what one says of an environment, and how it is kept",
    enters: [model, "foundation", "cli/text"],
  },
  "cli/pulumi": {
    what: "the Pulumi CLI and what it keeps: runs, state, locks, backups",
    enters: [model, "foundation", "cli/text", "cli/process"],
  },
  "cli/access": {
    what: "how a cluster is reached, and what one may do there",
    enters: [model, "foundation", "local", "cli/text", "cli/process", "cli/pulumi"],
  },
  "cli/kubernetes": {
    what: "watches, namespaces, pods, logs",
    enters: [model, "foundation", "cli/text", "cli/access"],
  },
  "cli/diagnosis/rules": {
    what: "from what is seen to a cause; one file for each kind of object",
    enters: [model, "foundation", "cli/text", "cli/pulumi", "cli/kubernetes"],
  },
  "cli/diagnosis": {
    what: "from causes to one sentence, and the dossier; it prints nothing",
    enters: [
      ...[model, "foundation", "cli/text", "cli/pulumi", "cli/access", "cli/kubernetes"],
      "cli/diagnosis/rules",
    ],
  },
  "cli/view": {
    what: "what a person sees while a run goes on: report, screen, timeline",
    enters: [
      ...[model, "foundation", "cli/text", "cli/process", "cli/pulumi", "cli/access", "cli/kubernetes"],
      ...["cli/diagnosis/rules", "cli/diagnosis"],
    ],
  },
  "cli/environment": {
    what: "one environment's life: identity, deployment, recovery, tests, removal",
    enters: [
      ...[model, "foundation", "cli/text", "cli/process", "cli/pulumi", "cli/access", "cli/kubernetes"],
      ...["cli/diagnosis/rules", "cli/diagnosis", "cli/forge"],
    ],
  },
  "cli/fleet": {
    what: "all environments: survey, verdict, sweep",
    enters: [
      ...[model, "foundation", "cli/text", "cli/process", "cli/pulumi", "cli/access", "cli/kubernetes"],
      "cli/environment",
    ],
  },
  "cli/release": {
    what: "releases: locks, what a program would deploy, the branch that says what is where, differences",
    enters: [
      ...[model, "foundation", "rendering", "local", "cli/text", "cli/process", "cli/pulumi", "cli/access"],
      ...["cli/kubernetes", "cli/environment", "components/services/registryClient.ts"],
    ],
  },
  "cli/commands": {
    what: "one file for each command: its options, then one call",
    enters: [
      ...[model, "foundation", "local", "cli/text", "cli/process", "cli/pulumi", "cli/access"],
      ...["cli/kubernetes", "cli/diagnosis/rules", "cli/diagnosis", "cli/view", "cli/environment"],
      ...["cli/fleet", "cli/forge", "cli/release", "rendering"],
    ],
  },
  cli: { what: "the entry, which knows all commands", enters: ["foundation", "cli/process", "cli/commands"] },
};
