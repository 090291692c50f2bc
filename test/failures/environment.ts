import { mayBeMoved } from "../../components/model/objects/eviction.ts";
import { jobLabels, serviceJobLabels } from "../../components/model/objects/jobs.ts";
import {
  namespaceLabels,
  ownerLabels,
  selectorLabels,
  workloadLabels,
} from "../../components/model/objects/labels.ts";
import { networkPolicies } from "../../components/model/objects/networkPolicies.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import {
  readinessArgument,
  readinessCommand,
  readinessTargets,
} from "../../components/model/objects/readiness.ts";
import type { RouteTarget } from "../../components/readiness/target.ts";
import { beforeJobName, serviceJobSpec } from "../../components/model/objects/serviceJob.ts";
import { seedJobName, seedJobSpec } from "../../components/model/objects/seedJob.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { testRunnerJobSpec } from "../../components/model/objects/testRunnerJob.ts";
import { shell } from "../integration/shell.ts";

/** An object as kubectl takes it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: object };
  [field: string]: unknown;
}

/** Node, which can be pulled without a login. */
export function nodeImage(): string {
  const { DYNENV_BASE_IMAGE = "", CI_REGISTRY = "", DYNENV_PUBLIC_REGISTRY = "" } = shell;
  return DYNENV_BASE_IMAGE.replace(CI_REGISTRY, DYNENV_PUBLIC_REGISTRY);
}

const limits = { cpu: "500m", memory: "96Mi" };
const requests = { cpu: "10m", memory: "32Mi" };

/** A service that answers as one should. */
function service(name: string, more: Partial<Service>): Service {
  const pages = { "/health": { health: [] }, "/version": { commit: "expected" } };
  const program = `
    const pages = ${JSON.stringify(pages)};
    process.on("SIGTERM", () => process.exit());
    require("node:http").createServer((request, response) => {
      const page = pages[request.url];
      response.writeHead(page ? 200 : 404).end(JSON.stringify(page));
    }).listen(8080);`;
  return {
    ...{ name, port: 80, containerPort: 8080, limits, requests, healthPath: "/health" },
    ...{ command: ["node", "--eval", program], writablePaths: ["/tmp"] },
    ...more,
  };
}

/** The part of a test's environment that is always the same: `app` uses `store`. */
export const services: Service[] = [
  service("store", {}),
  service("app", { uses: ["store"], commitPath: "/version" }),
];

/** The objects of an environment, as the components make them, with one service account for all. */
export function environment(namespace: string, gateSeconds: number): Manifest[] {
  const within = (manifest: Manifest): Manifest => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace },
  });
  const policies = networkPolicies(services, { egress: false });
  return [
    home(namespace),
    ...Object.entries(policies).map(([name, spec]) =>
      within({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name, labels: ownerLabels },
        spec,
      }),
    ),
    within({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "workload" } }),
    ...services.flatMap((one) => [within(addressOf(one)), within(deploymentOf(one))]),
    gate(namespace, gateSeconds),
  ];
}

function home(name: string): Manifest {
  const annotations = { "dynenv/stack": name.replace(/^env-/, ""), "dynenv/project": "dynenv" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: namespaceLabels(), annotations } };
}

function addressOf({ name, port, containerPort }: Service): Manifest {
  const spec = { selector: selectorLabels(name), ports: [{ port, targetPort: containerPort }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, labels: workloadLabels(name) }, spec };
}

function deploymentOf(one: Service): Manifest {
  const { container, ...pod } = servicePodSpec(one, services);
  const metadata = { name: one.name, labels: workloadLabels(one.name) };
  const spec = { ...pod, serviceAccountName: "workload", containers: [{ ...container, image: nodeImage() }] };
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
    spec: {
      selector: { matchLabels: selectorLabels(one.name) },
      template: { metadata: { labels: workloadLabels(one.name), annotations: mayBeMoved }, spec },
    },
  };
}

/** Command of the readiness Job. @param route how `app` is asked for from outside. Default: it is not. */
export function gateCommand(seconds: number, route?: RouteTarget): string[] {
  const targets = readinessTargets(services, "app", "expected").map((target) =>
    target.service === "app" && route !== undefined ? { ...target, route } : target,
  );
  return readinessCommand(readinessArgument(targets, seconds));
}

function gate(namespace: string, seconds: number): Manifest {
  const command = gateCommand(seconds);
  const job = { image: nodeImage(), command, serviceAccountName: "workload", deadlineSeconds: seconds + 10 };
  const metadata = { name: "readiness", namespace, labels: jobLabels("readiness") };
  return {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata },
    spec: testRunnerJobSpec({ name: "readiness", ...job }),
  };
}

/** The Job that fills `store`. */
export function seedOfStore(namespace: string, command: string[]): Manifest {
  const seed = { command };
  const store = service("store", { seed });
  const metadata = { name: seedJobName(store, seed), namespace, labels: jobLabels("seed", "store") };
  const job = { image: nodeImage(), serviceAccountName: "workload", configMap: undefined };
  const spec = seedJobSpec(store, services, { ...job, seed, placement: {}, variables: {} });
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec };
}

/** The Job with what comes before `app`. */
export function beforeApp(namespace: string, before: string[][], deadlineSeconds = 60): Manifest {
  const image = nodeImage();
  const app = service("app", { uses: ["store"], before });
  const metadata = {
    name: beforeJobName(app, before, image),
    namespace,
    labels: serviceJobLabels("before", "app"),
  };
  const job = { image, readinessImage: image, serviceAccountName: "workload", variables: {}, placement: {} };
  const spec = serviceJobSpec(app, services, { ...job, role: "before", steps: before, deadlineSeconds });
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec };
}
