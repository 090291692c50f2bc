import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { namespaceLabels } from "../../components/model/objects/labels.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { create } from "../integration/pods.ts";
import { kubectl, kubectlWith, shell, tryKubectl, uniqueName, type Ended } from "../integration/shell.ts";
import { objectsOfAllKinds } from "./foreignObjects.ts";
import { displacing, namespaceOfLevel, type Targets, type TokenAttack } from "./tokenAttacks.ts";

const admission = join(projectRoot, "ci", "admission.yaml");

/** Makes an environment and namespaces of somebody else. @returns them, and what removes them. */
export async function makeTargets(): Promise<{ targets: Targets; remove: () => Promise<void> }> {
  const name = uniqueName("attacked");
  const names = {
    ...{ environment: `env-${name}`, standing: `env-standing-${name}` },
    ...{ foreign: `env-foreign-${name}`, outside: `outside-${name}` },
  };
  const namespace = (own: string, labels: object, annotations = {}) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: own, labels, annotations },
  });
  await create(
    namespace(names.environment, namespaceLabels()),
    namespace(names.standing, namespaceLabels(), { "dynenv/kind": "standing" }),
    ...[names.foreign, names.outside].map((own) => namespace(own, { owner: "somebody" })),
  );
  for (const own of Object.values(names))
    await create(...objectsOfAllKinds(own, "attacked").map(({ object }) => object));
  const priorityClass = {
    ...{ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: displacing } },
    value: 1000,
  };
  await create(priorityClass);
  const pod = await kubectl("get", "pods", "-n", "kube-system", "-o", "jsonpath={.items[0].metadata.name}");
  const remove = async () => {
    await kubectl("delete", "priorityclass", displacing);
    await kubectl("delete", "namespace", ...Object.values(names));
  };
  return { targets: { ...names, pod }, remove };
}

/** Sends a request as the CI identity. */
export function asCi(attack: TokenAttack): Promise<Ended> {
  return send(attack, "--kubeconfig", shell.KUBECONFIG ?? "");
}

/** The same as the cluster's administrator. */
export function asAdmin(attack: TokenAttack): Promise<Ended> {
  return send(attack);
}

function send({ args, input = {} }: TokenAttack, ...login: string[]): Promise<Ended> {
  return kubectlWith(JSON.stringify(input), ...login, ...args);
}

/** Runs something while ci/admission.yaml admits a lower level, by its one line. */
export async function withLowest<T>(
  level: string,
  { environment }: Targets,
  run: () => Promise<T>,
): Promise<T> {
  const text = await readFile(admission, "utf8");
  const line = "expression: \"'restricted'\"";
  expect(text.split(line)).toHaveLength(2);
  await kubectlWith(text.replace(line, line.replace("restricted", level)), "replace", "-f", "-");
  try {
    await vi.waitFor(
      async () => {
        expect((await asCi(namespaceOfLevel(level))).exitCode).toBe(0);
      },
      { timeout: 30_000, interval: 250 },
    );
    return await run();
  } finally {
    await kubectl("replace", "-f", admission);
    await inForce(true, environment);
  }
}

const denial = /ValidatingAdmissionPolicy '.*' with binding '.*' denied request/;
/** What the API server answers to those who lack a right, or would grant one that they lack. */
const forbidden = /is forbidden: (User ".*" cannot|user ".*" .*is attempting to grant)|\(Forbidden\)/;

/** What became of attacks; sorted out so that a failed test names all at once. */
export interface Outcome {
  denied: string[];
  forbidden: string[];
  /** It was done, or failed for a reason that has nothing to do with who asked. */
  through: string[];
}

/** Sends requests, some at a time. */
export async function outcomeOf(
  attacks: TokenAttack[],
  send: (attack: TokenAttack) => Promise<Ended>,
): Promise<Outcome> {
  const outcome: Outcome = { denied: [], forbidden: [], through: [] };
  const rest = attacks.values();
  const worker = async () => {
    for (const attack of rest) {
      const { output } = await send(attack);
      if (denial.test(output)) outcome.denied.push(attack.what);
      else if (forbidden.test(output)) outcome.forbidden.push(attack.what);
      else outcome.through.push(attack.what);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return {
    denied: outcome.denied.sort(),
    forbidden: outcome.forbidden.sort(),
    through: outcome.through.sort(),
  };
}

export function whats(attacks: TokenAttack[]): string[] {
  return attacks.map(({ what }) => what).sort();
}

/** Runs something while ci/admission.yaml is not in force. */
export async function withoutAdmission<T>({ environment }: Targets, run: () => Promise<T>): Promise<T> {
  await kubectl("delete", "-f", admission);
  try {
    await inForce(false, environment);
    return await run();
  } finally {
    await kubectl("create", "-f", admission);
    await inForce(true, environment);
  }
}

/** The API server learns of policies a moment after they are made. */
async function inForce(wanted: boolean, environment: string): Promise<void> {
  const dry = "--dry-run=server";
  const inDefault = { what: "", args: ["create", "configmap", "probe", "-n", "default", dry] };
  const nodePort = ["create", "service", "nodeport", "probe", "--tcp=80", "-n", environment, dry];
  await vi.waitFor(
    async () => {
      const answers = await Promise.all([asCi(inDefault), tryKubectl(...nodePort)]);
      expect(answers.map(({ output }) => denial.test(output))).toEqual([wanted, wanted]);
    },
    { timeout: 30_000, interval: 250 },
  );
}

/** Of what the holder of the CI identity's token tries, admission refuses everything, and nothing else does. */
export async function expectRefusedByAdmissionAlone(attacks: TokenAttack[], targets: Targets): Promise<void> {
  expect(await outcomeOf(attacks, asCi)).toEqual({ denied: whats(attacks), forbidden: [], through: [] });
  const free = await withoutAdmission(targets, () => outcomeOf(attacks, asCi));
  expect(free).toEqual({ denied: [], forbidden: [], through: whats(attacks) });
}
