import type { CoreV1Event, V1Deployment, V1Job, V1Pod, V1Service } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../cli/diagnosis/rules/finding.ts";
import { pullCause, pullReason } from "../../cli/diagnosis/rules/image.ts";
import { as, crashed, job, one, pod, podOf, ready, waits } from "./brokenPods.ts";

describe("what is wrong with a pod", () => {
  it.each([
    "the server must be run as root",
    "nginx: [emerg] must be started as root",
    "This script needs to be run as root!",
    "sshd requires root privileges",
    "chown: changing ownership of '/data': Operation not permitted",
    'error: failed switching to "postgres": operation not permitted',
    "su-exec: setgroups(999): Operation not permitted",
  ])("is that its image insists on root, where its last lines say: %s", (line) => {
    const container = crashed(3, { message: `starting\n${line}\ngoodbye` });
    const evidence = `exit code 1: ${line}`;
    const [finding] = one({ pods: [pod("app", { containers: [container] })] });
    expect(finding).toMatchObject({ cause: "needs-root", evidence, lines: ["starting", line, "goodbye"] });
  });

  it.each([
    "Error: EROFS: read-only file system, open '/app/cache/index'",
    'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
    "OSError: [Errno 30] Read-only file system: '/app/data'",
  ])("is that it writes where nothing may be written, where its last lines say: %s", (line) => {
    const container = crashed(3, { message: `starting\n${line}\ngoodbye` });
    const evidence = `exit code 1: ${line}`;
    const [finding] = one({ pods: [pod("app", { containers: [container] })] });
    expect(finding).toMatchObject({ cause: "read-only", evidence, lines: ["starting", line, "goodbye"] });
  });

  it.each([
    "running as root is not permitted",
    "a file system that is read-only",
    "no root folder",
    "root: permission denied",
    "chown done",
  ])("is a crash, where its last lines say: %s", (line) => {
    const container = crashed(3, { message: line });
    expect(one({ pods: [pod("app", { containers: [container] })] })).toMatchObject([{ cause: "crash-loop" }]);
  });

  it("is told by its container's state", () => {
    const cases: [object, Partial<Finding>][] = [
      [
        waits("ImagePullBackOff", 'Back-off pulling image "a:1": ErrImagePull: a:1: not found'),
        { cause: "image-missing", evidence: "a:1: not found" },
      ],
      [waits("CreateContainerConfigError", 'configmap "a" not found'), { cause: "config-missing" }],
      [waits("CreateContainerConfigError", 'secret "a" not found'), { cause: "secret-missing" }],
      [waits("CreateContainerConfigError", "couldn't find key a in ConfigMap x/b"), { cause: "key-missing" }],
      [
        waits("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
        { cause: "runs-as-root" },
      ],
      [
        waits("RunContainerError", 'exec: "/a": stat /a: no such file or directory'),
        { cause: "command-missing" },
      ],
      [
        waits("CreateContainerError", 'cannot load seccomp profile "/a.json": no such file or directory'),
        { cause: "container-refused" },
      ],
      [
        crashed(3),
        { cause: "crash-loop", evidence: "exit code 1: no database", lines: ["first", "no database"] },
      ],
      [crashed(2), { cause: "crash-loop", patience: Infinity }],
      [crashed(3, { exitCode: 0 }), { cause: "exits" }],
      [
        crashed(2, { reason: "OOMKilled", exitCode: 137 }),
        { cause: "out-of-memory", evidence: "its limit is 64Mi" },
      ],
      [crashed(1, { message: "exec /app: exec format error" }), { cause: "image-wrong-platform" }],
      [
        crashed(0, { reason: "StartError", exitCode: 128, message: "exec: permission denied" }),
        { cause: "command-refused" },
      ],
    ];
    for (const [container, expected] of cases)
      expect(one({ pods: [pod("app", { containers: [container] })] })).toMatchObject([
        { service: "app", object: "Pod/app-1", ...expected },
      ]);
  });

  it("is nothing while it starts, runs, restarts or goes", () => {
    const fine: V1Pod[] = [
      pod("a", { containers: [waits("ContainerCreating")], phase: "Pending" }),
      pod("b", { containers: [waits("PodInitializing")], phase: "Pending" }),
      pod("c", { containers: [{ state: { running: {} }, ready: false, restartCount: 1 }] }),
      pod("d", {
        containers: [{ state: { running: {} }, ready: true, restartCount: 9 }],
        conditions: ready(),
      }),
      pod("e", { containers: [crashed(9)], metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
    ];
    expect(one({ pods: fine })).toEqual([]);
  });

  it("is that of the newest template: what an update replaces does not count", () => {
    const replaced = { labels: { "pod-template-hash": "old" }, containers: [crashed(9)] };
    const metadata = { uid: "new", name: "app-new", creationTimestamp: "2026-01-01T00:02:00Z" };
    const newer = pod("app", {
      metadata: { ...metadata, labels: { "app.kubernetes.io/name": "app", "pod-template-hash": "new" } },
    });
    expect(one({ pods: [pod("app", replaced), newer] })).toEqual([]);
  });

  it("is what the scheduler says", () => {
    const cases = {
      "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3": "unschedulable-resources",
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.":
        "unschedulable-selector",
      "0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.": "unschedulable-taint",
      "0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 node(s) had untolerated taint(s).":
        "unschedulable-taint",
      "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) had untolerated taint {a: b}. no new claims":
        "unschedulable",
      'persistentvolumeclaim "data" not found': "volume-claim-missing",
      "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.": "volume-unbound",
      "something else": "unschedulable",
    };
    for (const [message, cause] of Object.entries(cases)) {
      const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
      expect(one({ pods: [pod("app", { conditions, phase: "Pending" })] })).toMatchObject([{ cause }]);
    }
  });
});

describe("a container that somebody injected", () => {
  const fine = { name: "app", state: { running: {} }, ready: true, restartCount: 0 };
  const broken = { ...crashed(3), name: "a-proxy" };

  it("is named when it is what fails, and never takes the place of the service's own", () => {
    const found = one({ pods: [pod("app", { containers: [broken, fine] })] });
    const evidence = "its container a-proxy, which was injected: exit code 1: no database";
    expect(found).toMatchObject([{ cause: "crash-loop", service: "app", evidence }]);
    const both = one({ pods: [pod("app", { containers: [broken, { ...crashed(3), message: "own" }] })] });
    expect(both).toMatchObject([{ cause: "crash-loop", evidence: "exit code 1: no database" }]);
  });

  it("is not what a probe of the service's own killed", () => {
    const killed = (name: string) =>
      as<CoreV1Event>({
        ...{ reason: "Killing", message: `Container ${name} failed liveness probe, will be restarted` },
        ...{ metadata: {}, involvedObject: { uid: "app-1" } },
      });
    const pods = [pod("app", { containers: [broken, crashed(3)] })];
    expect(one({ pods, events: [killed("a-proxy")] })).toMatchObject([{ cause: "crash-loop" }]);
    expect(one({ pods, events: [killed("app")] })).toMatchObject([{ cause: "liveness-failing" }]);
  });
});

describe("what is wrong with a workload", () => {
  it("is why its pods are refused", () => {
    const cases = {
      'pods "a" is forbidden: exceeded quota: environment, requested: pods=1': "quota-exceeded",
      'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged': "pod-security",
      'pods "a" is forbidden: maximum memory usage per Container is 256Mi, but limit is 512Mi': "limit-range",
      'Internal error occurred: failed calling webhook "j.example.com": dial tcp': "webhook-unreachable",
      'admission webhook "j.example.com" denied the request: no': "webhook-refused",
      'error looking up service account x/nowhere: serviceaccount "nowhere" not found':
        "service-account-missing",
      'pods "a" is forbidden: no PriorityClass with name nowhere was found': "priority-class-missing",
      "anything else": "pod-refused",
    };
    for (const [message, cause] of Object.entries(cases)) {
      const conditions = [{ type: "ReplicaFailure", status: "True", message }];
      const deployment = as<V1Deployment>({ metadata: { name: "app", uid: "d" }, status: { conditions } });
      expect(one({ deployments: [deployment] })).toMatchObject([{ cause, service: "app" }]);
    }
  });

  it("is that its data could not be read, whatever its Job is called", () => {
    const seed = job("seed", "whatever", { filled: "store", status: {} });
    const [jobs, seeding] = [[seed], podOf(seed, { containers: [{ ...crashed(2), name: "seed" }] })];
    const expected = { cause: "seed-failed", service: "store", evidence: "exit code 1: no database" };
    expect(one({ jobs, pods: [seeding] })).toMatchObject([{ ...expected, lines: ["first", "no database"] }]);
    const over = job("seed", "whatever", { filled: "store" });
    expect(one({ jobs: [over] })).toMatchObject([
      { cause: "seed-failed", service: "store", object: "Job/whatever", evidence: "has failed" },
    ]);
    const other = as<V1Job>({ metadata: { name: "store-seed-abc" }, status: over.status });
    expect(one({ jobs: [other] })).toEqual([]);
  });

  it("is that somebody deleted it, unless it was made anew", () => {
    expect(one({ deleted: ["app"] })).toMatchObject([{ cause: "deleted", service: "app" }]);
    const deployments = [as<V1Deployment>({ metadata: { name: "app", uid: "2" } })];
    expect(one({ deleted: ["app"], deployments })).toEqual([]);
    const services = [as<V1Service>({ metadata: { name: "app" } })];
    expect(one({ deleted: ["app"], deployments, services })).toEqual([]);
    // A worker has no Service that could be gone.
    expect(one({ deleted: ["app"], deployments, services: [] })).toEqual([]);
    const spec = { template: { spec: { containers: [{ name: "app", ports: [{ containerPort: 8080 }] }] } } };
    const listening = [as<V1Deployment>({ metadata: { name: "app", uid: "2" }, spec })];
    expect(one({ deleted: ["app"], deployments: listening, services: [] })).toMatchObject([
      { cause: "deleted", object: "Service/app", evidence: "its Service is gone" },
    ]);
  });
});

it("registries and runtimes say in many words why an image cannot be pulled", () => {
  const cases = {
    'failed to pull and unpack image "r/a:1": failed to resolve reference "r/a:1": r/a:1: not found':
      "image-missing",
    "unexpected status from HEAD request to http://r/v2/a/manifests/1: 401 Unauthorized":
      "registry-login-refused",
    "pull access denied, repository does not exist or may require authorization": "registry-login-refused",
    "unexpected status from HEAD request: 429 Too Many Requests": "registry-rate-limit",
    "dial tcp 127.0.0.1:1: connect: connection refused": "registry-unreachable",
    "lookup nowhere on 10.0.0.10:53: no such host": "registry-unreachable",
    "no match for platform in manifest: not found": "image-wrong-platform",
    "failed to extract layer sha256:1: gzip: invalid header": "image-broken",
  };
  for (const [message, cause] of Object.entries(cases))
    expect(pullCause("ErrImagePull", message)).toBe(cause);
  expect(pullReason(Object.keys(cases)[0] ?? "")).toBe("r/a:1: not found");
});

it("events of a pod tell what its state does not", () => {
  const event = (reason: string, message: string) =>
    as<CoreV1Event>({ reason, message, metadata: {}, involvedObject: { uid: "app-1" } });
  const runs = pod("app", { containers: [{ state: { running: {} }, ready: false, restartCount: 0 }] });
  const failing = event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404");
  expect(one({ pods: [runs], events: [failing] })).toMatchObject([
    { cause: "readiness-failing", evidence: "HTTP probe failed with statuscode: 404", patience: 45 },
  ]);
  const probes = { readinessProbe: { httpGet: { path: "/ok", port: 80 } } };
  const known = pod("app", {
    containers: [{ name: "app", state: { running: {} }, restartCount: 0 }],
    probes,
  });
  expect(one({ pods: [known], events: [failing] })).toMatchObject([
    { evidence: "GET /ok on port 80: HTTP probe failed with statuscode: 404" },
  ]);
  const again = pod("app", { containers: [{ ...crashed(3), state: { running: {} } }] });
  expect(one({ pods: [again], events: [failing] })).toMatchObject([
    { cause: "crash-loop", patience: Infinity },
  ]);
  const killed = event("Killing", "Container app failed liveness probe, will be restarted");
  expect(one({ pods: [pod("app", { containers: [crashed(3)] })], events: [killed] })).toMatchObject([
    { cause: "liveness-failing", evidence: "exit code 1: no database" },
  ]);
  const asked = event(
    "Unhealthy",
    "Liveness probe failed: dial tcp 10.244.0.9:81: connect: connection refused",
  );
  const probed = pod("app", {
    containers: [crashed(3)],
    probes: { livenessProbe: { tcpSocket: { port: 81 } } },
  });
  expect(one({ pods: [probed], events: [asked, failing, killed] })).toMatchObject([
    { cause: "liveness-failing", evidence: "port 81: connect: connection refused" },
  ]);
  const refused = pod("app", { containers: [waits("ErrImagePull", "401 Unauthorized")], phase: "Pending" });
  const late = event("FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (login)");
  expect(one({ pods: [refused], events: [late] })).toMatchObject([
    { cause: "registry-login-refused", evidence: late.message, patience: 60 },
  ]);
  const starts = pod("app", { containers: [waits("ContainerCreating")], phase: "Pending" });
  const notMounted = event(
    "FailedMount",
    'MountVolume.SetUp failed for volume "a" : configmap "b" not found',
  );
  expect(one({ pods: [starts], events: [notMounted] })).toMatchObject([{ cause: "config-missing" }]);
  const asleep = pod("app", { phase: "Pending" });
  expect(one({ pods: [asleep] })).toMatchObject([{ cause: "node-gone", patience: 60 }]);
});

it("an eviction is told by the pod's state, or by its event where its process ended well, and counts twice", () => {
  const said = "Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ";
  const other = { metadata: { name: "app-2", uid: "app-2" } };
  const failed = pod("app", { phase: "Failed", status: { reason: "Evicted", message: said } });
  const ended = pod("app", { phase: "Succeeded", ...other });
  const involvedObject = { uid: "app-2" };
  const event = as<CoreV1Event>({ reason: "Evicted", message: said, metadata: {}, involvedObject });
  const evicted = { cause: "evicted", evidence: said.trim() };
  expect(one({ pods: [failed] })).toMatchObject([{ ...evicted, patience: Infinity }]);
  expect(one({ pods: [ended], events: [event] })).toMatchObject([{ ...evicted, patience: Infinity }]);
  const [finding, ...more] = one({ pods: [failed, ended], events: [event] });
  expect(finding).toMatchObject(evicted);
  expect([finding?.patience, ...more]).toEqual([undefined]);
  expect(one({ pods: [ended] })).toEqual([]);
});
