import { nodeImage } from "../environment.ts";
import { sidecarPolicy } from "../sidecar.ts";
import { node, within, type Scenario } from "./scenario.ts";

const waitsForStore = node(`
  require('node:net').connect(80, 'store')
    .on('error', () => { console.error('no store'); process.exit(1); })`);

const brokenProxy = () => ({
  image: nodeImage(),
  command: node("console.error('no certificate'); process.exit(3)"),
});

export const containers: Scenario[] = [
  {
    cause: "crash-loop",
    what: "an exception at the start",
    container: { command: node("throw new Error('no database is configured')") },
  },
  {
    cause: "crash-loop",
    what: "a store that another waits for",
    service: "store",
    store: { command: node("console.error('the data folder is locked'); process.exit(3)") },
    container: { command: waitsForStore },
  },
  {
    cause: "crash-loop",
    what: "a container that an admission policy adds",
    evidence: /^its container a-proxy, which was injected: exit code 3: no certificate$/,
    before: (namespace) => sidecarPolicy(namespace, [namespace], brokenProxy()),
    // All pods have it: named is the service that others use.
    service: "store",
  },
  {
    cause: "needs-root",
    what: "a program that says so",
    evidence: /^exit code 1: the server must be run as root$/,
    container: { command: node("console.error('the server must be run as root'); process.exit(1)") },
  },
  {
    cause: "read-only",
    what: "a program that writes beside its code",
    evidence: /^exit code 1: Error: EROFS: read-only file system, open '\/written'$/,
    container: { command: node("require('node:fs').writeFileSync('/written', '')") },
  },
  {
    cause: "exits",
    what: "a command that goes to the background",
    container: { command: node("console.log('started')") },
  },
  {
    cause: "out-of-memory",
    what: "more than the limit",
    container: { command: node("const kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 50)") },
  },
  {
    cause: "evicted",
    what: "a log that is longer than the disk that it may take",
    container: {
      command: node(
        "console.log('a line\\n'.repeat(1e6)); process.on('SIGTERM', () => process.exit()); setInterval(() => 0, 1e6)",
      ),
      resources: { requests: { "ephemeral-storage": "1Mi" }, limits: { "ephemeral-storage": "1Mi" } },
    },
  },
  { cause: "command-missing", what: "no such file", container: { command: ["/nowhere/app"] } },
  { cause: "command-refused", what: "a file that is no program", container: { command: ["/etc/passwd"] } },
  {
    cause: "container-refused",
    what: "a seccomp profile that the node lacks",
    pod: { securityContext: { seccompProfile: { type: "Localhost", localhostProfile: "nowhere.json" } } },
  },
  {
    cause: "container-refused",
    what: "a file as the working directory",
    container: { workingDir: "/etc/passwd" },
  },
  {
    cause: "runs-as-root",
    what: "an image without a user",
    pod: { securityContext: { runAsUser: undefined, runAsGroup: undefined } },
  },
  {
    cause: "start-hook-failed",
    what: "a hook that ends with 1",
    container: { lifecycle: { postStart: { exec: { command: node("process.exit(1)") } } } },
  },
  {
    cause: "config-missing",
    what: "variables of a ConfigMap",
    container: { envFrom: [{ configMapRef: { name: "nowhere" } }] },
  },
  {
    cause: "secret-missing",
    what: "a variable of a Secret",
    container: { env: [{}, { name: "A", valueFrom: { secretKeyRef: { name: "nowhere", key: "a" } } }] },
  },
  {
    cause: "key-missing",
    what: "a key that the ConfigMap lacks",
    container: { env: [{}, { name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }] },
    before: (namespace) => [within(namespace, "v1", "ConfigMap", "settings", { data: { b: "1" } })],
  },
];
