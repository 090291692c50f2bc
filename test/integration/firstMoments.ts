import type { V1CronJob } from "#bundled/kubernetes";
import { create } from "./pods.ts";
import { kubectl, uniqueName } from "./shell.ts";

/** Connects once to each service, and never again: what `redis-cli ping` would do as the test command. */
const program = `
  const addresses = Object.entries(process.env).filter(([name]) => name.endsWith("_ADDRESS"));
  const results = addresses.map(([, address]) => new Promise((resolve) => {
    const [host, port] = address.split(":");
    require("node:net").connect({ host, port, timeout: 5000 })
      .once("connect", () => resolve("open"))
      .once("timeout", () => resolve("timeout"))
      .once("error", ({ code }) => resolve(code));
  }));
  Promise.all(results).then((all) => { console.log(all.join(" ")); process.exit(); });`;

/** Starts as many Jobs at once as `kubectl create job --from=cronjob/test` would. @returns what each met. */
export async function firstMoments(namespace: string, count: number): Promise<string[]> {
  const cronJob = JSON.parse(
    await kubectl("get", "cronjob/test", "-n", namespace, "-o", "json"),
  ) as V1CronJob;
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const [container] = spec?.template.spec?.containers ?? [];
  if (container === undefined) throw new Error("the test Job has no container");
  container.command = ["node", "--eval", program];
  const names = Array.from({ length: count }, () => uniqueName("first"));
  const jobs = names.map((name) => {
    return {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace, labels: metadata?.labels },
      spec,
    };
  });
  await create(...jobs);
  const all = names.map((name) => `job/${name}`);
  await kubectl("wait", ...all, "-n", namespace, "--for=condition=Complete", "--timeout=60s");
  const logs = await Promise.all(all.map((job) => kubectl("logs", job, "-n", namespace, "-c", "test")));
  await kubectl("delete", ...all, "-n", namespace);
  return logs.map((log) => log.trim());
}
