import { seedAnnotation } from "../../../components/model/index.ts";
import { beforeApp, gateCommand, seedOfStore, type Manifest } from "../environment.ts";
import { uniqueName } from "../../integration/shell.ts";
import { silentNode } from "../faultyServer.ts";
import { node, type Scenario } from "./scenario.ts";

const noSuchPort = { tcpSocket: { port: 1 }, periodSeconds: 1 };

/** An address that something else answers for than the route: here the service itself. */
const unserved = {
  ...{ host: "app.example.com", gateway: { host: "app", port: 80 }, tls: false, path: "/version" },
  mark: { name: "X-Robots-Tag", value: "noindex" },
};

/** A server with other pages than those of a service that is well. */
function answering(pages: Record<string, object>): string[] {
  return node(`
    const pages = ${JSON.stringify(pages)};
    process.on('SIGTERM', () => process.exit());
    require('node:http')
      .createServer((request, response) => response.end(JSON.stringify(pages[request.url] ?? {})))
      .listen(8080);`);
}

const failing = node("throw new Error('no such table')");
const hanging = node("console.log('waits for a lock'); setInterval(() => 0, 1e6)");
const nameOf = ({ metadata }: Manifest) => metadata.name;

const runtimeClass = uniqueName("nowhere");
const onlySilentNode = {
  nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [silentNode] }] }],
};

export const scheduling: Scenario[] = [
  {
    cause: "unschedulable-resources",
    what: "a hundred processors",
    container: { resources: { requests: { cpu: "100" }, limits: { cpu: "100" } } },
  },
  {
    cause: "unschedulable-selector",
    what: "a label that no node has",
    pod: { nodeSelector: { pool: "nowhere" } },
  },
  {
    cause: "unschedulable-taint",
    what: "a node that keeps pods away",
    pod: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: onlySilentNode } } },
  },
  {
    cause: "unschedulable",
    what: "a topology that no node is part of",
    pod: {
      topologySpreadConstraints: [
        {
          ...{ maxSkew: 1, topologyKey: "example.com/rack", whenUnsatisfiable: "DoNotSchedule" },
          labelSelector: { matchLabels: { "app.kubernetes.io/name": "app" } },
        },
      ],
    },
  },
  {
    cause: "sandbox-failed",
    what: "a runtime that no node has",
    pod: { runtimeClassName: runtimeClass },
    before: () => [
      {
        apiVersion: "node.k8s.io/v1",
        kind: "RuntimeClass",
        metadata: { name: runtimeClass },
        handler: "nowhere",
      },
    ],
  },
  { cause: "node-gone", what: "a node without a kubelet", pod: { nodeName: silentNode } },
];

export const probes: Scenario[] = [
  {
    cause: "readiness-failing",
    what: "a path that the service does not have",
    container: { readinessProbe: { httpGet: { path: "/nowhere" } } },
  },
  {
    cause: "liveness-failing",
    what: "a port that the service does not have",
    container: { livenessProbe: { ...noSuchPort, failureThreshold: 1 } },
  },
  {
    cause: "slow",
    what: "a probe that begins after ten minutes",
    container: { readinessProbe: { initialDelaySeconds: 600 } },
    isLate: true,
  },
  {
    cause: "slow",
    what: "a service that does not listen yet",
    container: { command: node("console.log('loading the index'); setInterval(() => 0, 1e6)") },
    isLate: true,
  },
  {
    cause: "startup-failing",
    what: "a port that the service does not have",
    container: { startupProbe: { ...noSuchPort, failureThreshold: 2 } },
  },
];

/** Takes connections, and never says anything. */
const silence = "require('node:net').createServer(() => undefined).listen(8080)";
const asksStore = node(`
  process.on('SIGTERM', () => process.exit());
  require('node:http')
    .createServer((request, response) => {
      // Whoever asks before the store can be reached gets no answer either, and does not end the application.
      require('node:net').connect(80, 'store').once('data', () => response.end('{}')).on('error', () => 0);
    })
    .listen(8080);`);
const byConnection = { readinessProbe: { httpGet: undefined, tcpSocket: { port: 8080 } } };

export const gate: Scenario[] = [
  {
    cause: "silent",
    what: "a database that takes connections and says nothing",
    service: "store",
    store: { command: node(silence), ...byConnection },
    container: { command: asksStore },
    isLate: true,
  },
  {
    cause: "scaled-down",
    what: "a service without replicas",
    service: "store",
    others: { "Deployment/store": { spec: { replicas: 0 } } },
  },
  {
    cause: "not-checked",
    what: "an environment without its readiness Job",
    service: "environment",
    others: { "Job/readiness": { metadata: { labels: { "dynenv/job": "another" } } } },
    isLate: true,
    isReady: true,
  },
  {
    cause: "dependency-down",
    what: "a health page, once the readiness Job is over",
    service: "store",
    gateSeconds: 1,
    container: { command: answering({ "/health": { health: [{ service: "store", status: "err" }] } }) },
    isLate: true,
    isReady: true,
  },
  {
    cause: "dependency-down",
    what: "a health page that names it",
    service: "store",
    gateSeconds: 25,
    container: {
      command: answering({
        "/health": { health: [{ service: "store", status: "err" }] },
        "/version": { commit: "expected" },
      }),
    },
  },
  {
    cause: "no-answer",
    what: "a Service with the wrong port",
    gateSeconds: 25,
    others: { "Service/app": { spec: { ports: [{ port: 80, targetPort: 9 }] } } },
  },
  {
    cause: "no-address",
    what: "a gateway whose answer does not come by the route",
    evidence: /^the gateway answers 200 for http:\/\/app\.example\.com\/version/,
    gateSeconds: 25,
    others: {
      "Job/readiness": {
        spec: { template: { spec: { containers: [{ command: gateCommand(15, unserved) }] } } },
      },
    },
  },
  {
    cause: "wrong-commit",
    what: "an older build",
    gateSeconds: 25,
    container: { command: answering({ "/version": { commit: "older" } }) },
  },
  {
    cause: "seed-failed",
    what: "data that cannot be read",
    service: "store",
    evidence: /no such table/,
    others: {
      "Deployment/store": {
        metadata: { annotations: { [seedAnnotation]: nameOf(seedOfStore("", failing)) } },
      },
    },
    // The one before it, which nobody asks for any more, failed of something else.
    after: (namespace) => [
      seedOfStore(namespace, node("throw new Error('no such host')")),
      seedOfStore(namespace, failing),
    ],
  },
  {
    cause: "before-failed",
    what: "a migration that fails",
    evidence: /^step 2 of 2: exit code 1: Error: no such table$/,
    after: (namespace) => [beforeApp(namespace, [node("console.log('done')"), failing])],
  },
  {
    cause: "before-failed",
    what: "a migration that hangs",
    evidence: /^step 1 of 2 did not end within 20 s: waits for a lock$/,
    after: (namespace) => [beforeApp(namespace, [hanging, failing], 20)],
  },
  {
    cause: "deleted",
    what: "a Deployment, by hand",
    service: "store",
    container: { readinessProbe: { httpGet: { path: "/later" } } },
    deleted: "deployment/store",
  },
];
