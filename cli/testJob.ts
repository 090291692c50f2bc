import { PassThrough } from "node:stream";
import {
  ApiException,
  BatchV1Api,
  CoreV1Api,
  Log,
  V1Job,
  V1ObjectMeta,
  Watch,
  type KubeConfig,
  type V1Pod,
} from "@kubernetes/client-node";
import { testJobName } from "dynamic-environments/model";
import { Failure } from "../local/failure.ts";

/** Starts the tests that an environment describes, and passes on their log. @throws when they fail. */
export async function runTests(
  config: KubeConfig,
  namespace: string,
  line: (text: string) => void,
): Promise<void> {
  const name = await startJob(config, namespace);
  const selector = { labelSelector: `batch.kubernetes.io/job-name=${name}` };
  const started = await untilPod(config, namespace, selector, (pod) => pod.status?.phase !== "Pending");
  await followLog(config, namespace, started, line);
  const ended = await untilPod(config, namespace, selector, ({ status }) =>
    ["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
  if (ended.status?.phase === "Succeeded") return;
  const exitCode = ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
  throw new Failure(
    "broken",
    `the tests failed: Job ${name} ended with exit code ${String(exitCode ?? "unknown")}`,
  );
}

/** Creates a Job from the environment's CronJob, as `kubectl create job --from` does. @returns its name. */
async function startJob(config: KubeConfig, namespace: string): Promise<string> {
  const api = config.makeApiClient(BatchV1Api);
  try {
    const { spec } = await api.readNamespacedCronJob({ namespace, name: testJobName });
    const body = new V1Job();
    body.metadata = new V1ObjectMeta();
    body.metadata.generateName = `${testJobName}-`;
    const template = spec.jobTemplate;
    if (template.metadata?.labels) body.metadata.labels = template.metadata.labels;
    if (template.spec) body.spec = template.spec;
    const job = await api.createNamespacedJob({ namespace, body });
    return job.metadata?.name ?? "";
  } catch (error) {
    if (!(error instanceof ApiException)) {
      throw new Failure("unreachable", `the cluster does not answer: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const { message } = JSON.parse(String(error.body)) as { message: string };
    throw new Failure("broken", `the tests of namespace ${namespace} cannot be started: ${message}`);
  }
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
    const watching = new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/pods`,
      { ...selector, resourceVersion: list.metadata?.resourceVersion },
      (type, pod: V1Pod) => {
        const deleted = type === "DELETED";
        if (!deleted && !done(pod)) return;
        if (deleted) reject(new Failure("broken", "the tests were ended: the Job's time was up"));
        else resolve(pod);
        void watching.then((controller) => {
          controller.abort();
        });
      },
      (error?: Error) => {
        const reason = error?.message ?? "it was closed";
        reject(new Failure("unreachable", `the watch on the test Job broke off: ${reason}`));
      },
    );
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
