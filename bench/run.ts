import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { execa } from "execa";
import { format, resolveConfig } from "prettier";
import { interruptibleWork } from "../cli/process/interrupt.ts";
import { Report } from "../cli/view/report.ts";
import { exitCodes, Failure } from "../foundation/failure.ts";
import { projectRoot } from "../foundation/folders.ts";
import type { Work } from "../foundation/work.ts";
import { measureAddress } from "./address.ts";
import type { Contender } from "./contenders/contender.ts";
import { checkedOut } from "../foundation/checkout.ts";
import { checkoutIn, dynenv, ours, unpatched } from "./contenders/ours.ts";
import { helm, kubectl } from "./contenders/peers.ts";
import { defaultHost, plainPulumi } from "./contenders/plainPulumi.ts";
import { type Alone, findings } from "./goals.ts";
import { inLaboratory, type Laboratory } from "./laboratory.ts";
import { results } from "./results.ts";
import { runRound, type Measurement } from "./round.ts";
import { manners, type Scenario } from "./scenario.ts";
import { measureStart } from "./start.ts";

// A cluster of the benchmark's own.
process.env.DYNENV_CLUSTER ??= "bench";
delete process.env.KUBECONFIG;

interface BenchOptions {
  check?: true;
  rounds: number;
  sizes: number[];
}

await new Command("bench")
  .description("compares this project with plain Pulumi, kubectl and Helm on the embedded cluster")
  .option("--check", "end with 1 when a goal is missed")
  .option("--rounds <n>", "rounds of each contender, after a first one that is not counted", positive, 3)
  .option("--sizes <list>", "numbers of services", (list) => list.split(",").map(positive), [1, 8, 14])
  .action(bench)
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = error.exitCode;
  });

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("It must be a whole number above 0.");
}

async function bench({ check, rounds, sizes }: BenchOptions): Promise<void> {
  const report = new Report();
  const work = interruptibleWork(report.line);
  const { measurements, addresses, ...conditions } = await inLaboratory(work, async (laboratory) => {
    const { own, peers } = await contenders(laboratory);
    const all = [own, ...peers];
    const versions = await versionsIn(laboratory.env);
    return {
      measurements: await measureAll(all, laboratory, { rounds, sizes }, work),
      addresses: await measureAddress(own, laboratory, work),
      ...{ contenders: all, versions },
    };
  });
  const alone = { addresses, start: await measureStart(work) };
  await writeRaw({ measurements, ...alone });
  const found = findings(measurements, alone);
  await writePage(results(measurements, found, { ...conditions, rounds }));
  for (const { goal, value, limit, isMet } of found)
    report.line(`${isMet ? "met   " : "MISSED"} ${goal}: ${value.toFixed(2)}, at most ${String(limit)}`);
  if (check && found.some(({ isMet }) => !isMet)) process.exitCode = exitCodes.broken;
}

async function writePage(text: string): Promise<void> {
  const file = join(projectRoot, "bench", "results.md");
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), parser: "markdown" }));
}

async function writeRaw(data: { measurements: Measurement[] } & Partial<Alone>): Promise<void> {
  const folder = join(projectRoot, "bench", "raw");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "measurements.json"), JSON.stringify(data, null, 1));
}

/** Every contender in turn, so that all meet the same moods of the machine. */
async function measureAll(
  all: Contender[],
  laboratory: Laboratory,
  { rounds, sizes }: BenchOptions,
  work: Work,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const size of sizes) {
    for (const mannersOfAll of manners) {
      const scenario: Scenario = { size, manners: mannersOfAll, ...laboratory.images };
      // The very first one pulls images and fills caches.
      for (let round = measurements.length === 0 ? 0 : 1; round <= rounds; round += 1) {
        for (const contender of turned(all, round)) {
          const steps = await runRound(contender, scenario, laboratory, work);
          work.progress(`${String(size)} ${mannersOfAll}, round ${String(round)}: ${told(contender, steps)}`);
          if (round > 0) measurements.push(...steps);
        }
      }
      // What was measured stays, whatever becomes of the rest.
      await writeRaw({ measurements });
    }
  }
  return measurements;
}

async function contenders({ env, folder }: Laboratory): Promise<{ own: Contender; peers: Contender[] }> {
  const checkout = await checkoutIn(join(folder, "checkout"));
  const host = await defaultHost(join(folder, "host"), env);
  const inPipeline = {
    ...env,
    DYNENV_PROJECT: "bench/application",
    DYNENV_REF: "main",
    DYNENV_COMMIT: checkedOut(checkout).commit,
  };
  return {
    own: ours(inPipeline, checkout),
    peers: [
      dynenv(inPipeline, checkout),
      unpatched(inPipeline, checkout),
      plainPulumi(env, host),
      kubectl(env),
      helm(env),
    ],
  };
}

async function versionsIn(env: Record<string, string>): Promise<Record<string, string>> {
  const ask = async (file: string, ...args: string[]) => (await execa(file, args, { env })).stdout.trim();
  return {
    Kubernetes: (await ask("kube-apiserver", "--version")).replace("Kubernetes ", ""),
    Pulumi: await ask("pulumi", "version"),
    Helm: await ask("helm", "version", "--template", "{{.Version}}"),
    Node: process.version,
  };
}

/** Another one begins each time. */
function turned<T>(list: T[], by: number): T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

function told({ name }: Contender, steps: Measurement[]): string {
  const times = steps.map(
    ({ step, seconds, goneSeconds }) => `${step} ${Math.max(seconds, goneSeconds).toFixed(1)} s`,
  );
  return `${name}: ${times.join(", ")}`;
}
