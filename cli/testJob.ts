import { BatchV1Api, CoreV1Api, KubeConfig, Log, Watch, type V1Job, type V1Pod } from "@kubernetes/client-node";
import { PassThrough } from "node:stream";
import { Failure } from "../local/failure.ts";

/** Client of the cluster that the variables name. */
export function kubeConfig(env: Record<string, string>): KubeConfig {
  const config = new KubeConfig();
  for (const path of (env.KUBECONFIG ?? "").split(":")) {
    const part = new KubeConfig();
    part.loadFromFile(path);
    config.mergeConfig(part);
  }
  if (env.KUBE_CONTEXT) config.setCurrentContext(env.KUBE_CONTEXT);
  return config;
}

/** Runs a Job to its end, passing on its log line by line. @throws when it fails. */
export async function runTestJob(config: KubeConfig, manifest: V1Job, line: (text: string) => void): Promise<void> {
  const namespace = manifest.metadata?.namespace ?? "";
  const job = await config.makeApiClient(BatchV1Api).createNamespacedJob({ namespace, body: manifest });
  const name = job.metadata?.name ?? "";
  const selector = { labelSelector: `batch.kubernetes.io/job-name=${name}` };
  const started = await untilPod(config, namespace, selector, (pod) => pod.status?.phase !== "Pending");
  await followLog(config, namespace, started, line);
  const ended = await untilPod(config, namespace, selector, ({ status }) =>
    ["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
  if (ended.status?.phase === "Succeeded") return;
  const exitCode = ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
  throw new Failure("broken", `the tests failed: Job ${name} ended with exit code ${String(exitCode ?? "unknown")}`);
}

async function untilPod(
  config: KubeConfig,
  namespace: string,
  selector: { labelSelector: string },
  done: (pod: V1Pod) => boolean,
): Promise<V1Pod> {
  const list = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, ...selector });
  const found = list.items.find(done);
  if (found !== undefined) return found;
  return new Promise((resolve, reject) => {
    const watch = new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/pods`,
      { ...selector, resourceVersion: list.metadata?.resourceVersion },
      (type, pod: V1Pod) => {
        if (type === "DELETED") end(() => reject(new Failure("broken", "the tests were ended: the Job's time was up")));
        else if (done(pod)) end(() => resolve(pod));
      },
      (error: unknown) => {
        reject(new Failure("unreachable", `the watch on the test Job broke off: ${String(error ?? "it was closed")}`));
      },
    );
    function end(settle: () => void): void {
      settle();
      void watch.then((controller) => {
        controller.abort();
      });
    }
  });
}

async function followLog(
  config: KubeConfig,
  namespace: string,
  pod: V1Pod,
  line: (text: string) => void,
): Promise<void> {
  const stream = new PassThrough();
  const container = pod.spec?.containers[0]?.name ?? "";
  await new Log(config).log(namespace, pod.metadata?.name ?? "", container, stream, { follow: true });
  let rest = "";
  for await (const chunk of stream) {
    const lines = `${rest}${String(chunk)}`.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(line);
  }
  if (rest !== "") line(rest);
}
