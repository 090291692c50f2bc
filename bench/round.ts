import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { readNamespace, untilGone } from "../cli/kubernetes/namespace.ts";
import { namespaceName } from "../components/model/index.ts";
import { Failure } from "../foundation/failure.ts";
import type { Work } from "../foundation/work.ts";
import type { Manifest } from "../rendering/manifests.ts";
import { observer } from "./apiRequests.ts";
import { steps, type Contender, type Round, type Step } from "./contenders/contender.ts";
import type { Laboratory } from "./laboratory.ts";
import { hashOfObjects, renderedObjects, toYaml } from "./objects.ts";
import { measure, type Command, type Cost } from "./processes.ts";
import type { Scenario } from "./scenario.ts";
import { countStateWrites } from "./stateWrites.ts";

/** What one step of one contender took. */
export interface Measurement extends Omit<Cost, "output"> {
  size: number;
  manners: Scenario["manners"];
  contender: string;
  step: Step;
  /** Of a removal: seconds from its begin until the namespace was gone; else 0. */
  goneSeconds: number;
  stateWrites: number;
  requests: number;
}

const removedWithin = 180_000;

/** One environment of one contender, from nothing to nothing. A step that fails ends it, and its row has the exit code. */
export async function runRound(
  contender: Contender,
  scenario: Scenario,
  laboratory: Laboratory,
  work: Work,
): Promise<Measurement[]> {
  const stack = `bench-${randomBytes(5).toString("hex")}`;
  const round: Round = {
    ...{ scenario, stack, namespace: namespaceName(stack) },
    objects: await renderedObjects(scenario, stack),
    folder: await mkdtemp(join(laboratory.folder, "round-")),
  };
  const commands = await contender.prepare(round);
  const { size, manners } = scenario;
  const measurements: Measurement[] = [];
  for (const step of steps) {
    work.signal.throwIfAborted();
    const { output, ...cost } = await measureStep(step, commands[step], round, laboratory);
    measurements.push({ size, manners, contender: contender.name, step, ...cost });
    if (cost.exitCode !== 0) {
      work.progress(`${contender.name}: ${step} ended with ${String(cost.exitCode)}:\n${output}`);
      await removeRemains(round, laboratory);
      break;
    }
    if (step === "up") await requireSameObjects(contender, round, laboratory);
  }
  return measurements;
}

async function measureStep(
  step: Step,
  command: Command,
  { stack, namespace: name }: Round,
  { config, cluster, requests }: Laboratory,
) {
  await requests.begin();
  const stateWrites = countStateWrites(cluster.backend, stack);
  const namespace = step === "down" ? await readNamespace(config, name) : undefined;
  const start = performance.now();
  const gone =
    namespace && untilGone(config, namespace, AbortSignal.timeout(removedWithin)).then(secondsSince(start));
  const cost = await measure(command);
  const goneSeconds = (await gone) ?? 0;
  return { ...cost, goneSeconds, stateWrites: stateWrites(), requests: await requests.count() };
}

function secondsSince(start: number): () => number {
  return () => (performance.now() - start) / 1000;
}

/** @throws when what the contender made is not what all make. */
async function requireSameObjects({ name }: Contender, round: Round, { env }: Laboratory): Promise<void> {
  const { folder, objects, stack, scenario } = round;
  const file = join(folder, "expected.yaml");
  await writeFile(file, toYaml(objects));
  const args = ["get", "--as", observer, "--output", "json", "--filename", file];
  const { items } = JSON.parse((await execa("kubectl", args, { env })).stdout) as { items: Manifest[] };
  const hash = hashOfObjects(items, stack);
  const key = `${String(scenario.size)} ${scenario.manners}`;
  const first = (hashes[key] ??= { hash, name, text: toYaml(items) });
  if (first.hash === hash) return;
  await mkdir(join("bench", "raw"), { recursive: true });
  await writeFile(join("bench", "raw", "first.yaml"), first.text);
  await writeFile(join("bench", "raw", "other.yaml"), toYaml(items));
  throw new Failure(
    "broken",
    `the objects of ${name} (${hash}) are not those of ${first.name} (${first.hash}): compare first.yaml and other.yaml in bench/raw`,
  );
}

/** Of each size and manners, the objects that the first contender made. */
const hashes: Record<string, { hash: string; name: string; text: string }> = {};

/** After a failure, so that the next round is not disturbed; its stack goes with the cluster. */
async function removeRemains({ namespace }: Round, { env }: Laboratory): Promise<void> {
  await execa("kubectl", ["delete", "namespace", namespace, "--ignore-not-found", "--as", observer], { env });
}
