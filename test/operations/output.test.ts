import { afterAll, beforeAll, expect, test } from "vitest";
import { namespaceName } from "../../components/model/rules/names.ts";
import { jobLabels, readinessJobName } from "../../components/model/objects/jobs.ts";
import {
  neverSchedule,
  testJobName,
  testRunnerJobSpec,
} from "../../components/model/objects/testRunnerJob.ts";
import { environment, nodeImage, type Manifest } from "../failures/environment.ts";
import { create, remove } from "../failures/objects.ts";
import { dynenv, kubectl, uniqueName } from "../integration/shell.ts";

const stack = uniqueName("output");
const namespace = namespaceName(stack);
const secret = "canary-pass/word-9f3b";

/** For longer than the kubelet needs to see that the log has grown past what it rotates. */
const batches = 26;
const linesOfBatch = 25_000;
/**
 * Lines that the kubelet itself may lose in two rotations: what the runtime appends to the old file while the kubelet
 * waits at its end is not read, since it turns to the new one (k8s.io/cri-client, ReadLogs). One was seen, once.
 */
const lostByNode = 20;

/** What a test prints that means no good, a secret in several writes, and 50 MB of lines that are counted. */
const program = `
  const out = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await out("\\x1b]0;title\\x07\\x1b[2J\\x1b[31mred\\x1b[0m\\n::add-mask::deals\\n  ::error::a\\nb ##[error]c\\n");
  await out("section_start:1700000000:a\\r\\x1b[0Kd\\n##vso[task.complete result=Failed]\\n");
  await out(Buffer.from([0, 255, 254, 10]));
  for (const part of ["the password is canary-", "pass/word", "-9f", "3b indeed\\n"]) { await out(part); await wait(50); }
  await out(Buffer.from("é").subarray(0, 1)); await wait(50); await out(Buffer.from("é").subarray(1)); await out("\\n");
  await out("x".repeat(200_000) + "\\n");
  for (let batch = 0; batch < ${String(batches)}; batch++) {
    const lines = Array.from({ length: ${String(linesOfBatch)} }, (_, index) =>
      "line " + (batch * ${String(linesOfBatch)} + index) + " of a log as tests write it, with some more words within");
    await out(lines.join("\\n") + "\\n");
    await wait(500);
  }
  await out("Tests  1 passed (1)\\n");`;

function within(manifest: Manifest): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

const labels = jobLabels("test");
const objects: Manifest[] = [
  ...environment(namespace, 30).filter(({ kind }) =>
    ["Namespace", "NetworkPolicy", "ServiceAccount"].includes(kind),
  ),
  within({ apiVersion: "v1", kind: "Secret", metadata: { name: "canary" }, stringData: { secret } }),
  // One that has nothing to do has ended well: no test begins before.
  within({
    ...{
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: readinessJobName, labels: jobLabels("readiness") },
    },
    spec: {
      completions: 0,
      template: { spec: { restartPolicy: "Never", containers: [{ name: "readiness", image: nodeImage() }] } },
    },
  }),
  within({
    ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: testJobName, labels } },
    spec: {
      ...{ suspend: true, schedule: neverSchedule },
      jobTemplate: {
        metadata: { labels },
        spec: testRunnerJobSpec({
          ...{ name: testJobName, image: nodeImage(), serviceAccountName: "workload", deadlineSeconds: 150 },
          command: ["node", "--input-type=module", "--eval", program],
        }),
      },
    },
  }),
];

beforeAll(async () => {
  await create(objects);
  await kubectl(
    "wait",
    "-n",
    namespace,
    "--for=condition=Complete",
    `job/${readinessJobName}`,
    "--timeout=30s",
  );
}, 60_000);

afterAll(async () => {
  await remove(objects);
});

test("what tests print comes through whole, and does no harm", async () => {
  const { exitCode, stdout, output } = await dynenv(["test", "--stack", stack]);
  const [start, lines] = [stdout.slice(0, 1000), stdout.split("\n")];
  expect(exitCode, output.slice(-1000)).toBe(0);
  expect(lines.slice(0, 9), start).toEqual([
    String.raw`  \u001b]0;title\u0007\u001b[2Jred`,
    String.raw`  \u003a:add-mask::deals`,
    String.raw`    \u003a:error::a`,
    String.raw`  b \u0023#[error]c`,
    String.raw`  section\u005fstart:1700000000:a`,
    String.raw`  \u001b[0Kd`,
    String.raw`  \u0023#vso[task.complete result=Failed]`,
    String.raw`  \u0000��`,
    "  the password is *** indeed",
  ]);
  expect(lines[9]).toBe("  é");
  expect(stdout.match(/x/g)?.length).toBe(200_000);
  const counted = lines.flatMap((line) => /^ {2}line (\d+) of a log/.exec(line)?.[1] ?? []).map(Number);
  expect(counted).toEqual([...new Set(counted)].sort((a, b) => a - b));
  expect(counted.at(-1)).toBe(batches * linesOfBatch - 1);
  const lost = batches * linesOfBatch - counted.length;
  expect(lost, `${String(lost)} lines lost`).toBeLessThanOrEqual(lostByNode);
  expect(output).not.toContain(secret);
}, 180_000);
