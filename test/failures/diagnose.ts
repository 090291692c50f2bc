import { expect, vi } from "vitest";
import type { EnvironmentFailure } from "../../cli/diagnosis/diagnosis.ts";
import { untilHopeless } from "../../cli/diagnosis/failFast.ts";
import { namespaceName } from "../../components/model/rules/names.ts";
import { dynenv, kubectl, kubectlWith, shell, uniqueName } from "../integration/shell.ts";
import { brokenEnvironment } from "./brokenEnvironment.ts";
import { create, observed, remove } from "./objects.ts";
import type { Manifest } from "./environment.ts";
import { sidecarIsInjected } from "./sidecar.ts";
import type { Scenario } from "./scenarios/index.ts";

/** What became of a scenario. */
export interface Diagnosed {
  cause: string;
  what: string;
  service: string;
  /** From the creation of its objects to the answer. */
  seconds: number;
  sentence: string;
}

/** What a broken environment may take to be told, with others beside it. */
const within = 120;

/** Makes an environment with what is wrong, and waits until it is told. */
export async function diagnosed(scenario: Scenario): Promise<Diagnosed> {
  const { cause, what, service = "app" } = scenario;
  if (scenario.hinders !== undefined) return hindered(scenario, scenario.hinders);
  const stack = uniqueName("broken");
  const namespace = namespaceName(stack);
  const objects = brokenEnvironment(scenario, namespace);
  const ended = new AbortController();
  try {
    const start = Date.now();
    const isFirst = (object: Manifest) => !["Deployment", "Job"].includes(object.kind);
    await create(objects.filter(isFirst));
    await judgesAreActive(objects);
    await create(objects.filter((object) => !isFirst(object)));
    const observation = observed(namespace, ended.signal);
    const inTime = AbortSignal.timeout(within * 1000);
    if (scenario.deleted !== undefined) await deleteOnceReady(namespace, scenario.deleted);
    const told = scenario.isLate
      ? await toldLate(stack, scenario)
      : toldOf(await untilHopeless({ observation, signal: inTime }));
    const seconds = (Date.now() - start) / 1000;
    if (told === undefined) throw new Error(`${what}: nothing is told\n${await described(namespace)}`);
    const { sentence } = told;
    expect({ cause: told.cause, service: told.service }, sentence).toEqual({ cause, service });
    if (scenario.evidence !== undefined) expect(told.evidence).toMatch(scenario.evidence);
    return { cause, what, service, seconds, sentence };
  } finally {
    ended.abort();
    await remove(objects);
  }
}

/** Makes an environment as users do, while somebody sees to it that not all of it can be made. */
async function hindered(
  { cause, what }: Scenario,
  hinders: NonNullable<Scenario["hinders"]>,
): Promise<Diagnosed> {
  const stack = uniqueName("broken");
  const hindrance = hinders(namespaceName(stack));
  const image = `${shell.CI_REGISTRY_IMAGE ?? ""}/nowhere@sha256:${"0".repeat(64)}`;
  const start = Date.now();
  const ending = dynenv(["up", "--stack", stack, "--config", `images={"deals":"${image}"}`, "--json"]);
  try {
    await vi.waitFor(() => create([hindrance]), { timeout: 100_000, interval: 100 });
    const { exitCode, stdout, output } = await ending;
    const seconds = (Date.now() - start) / 1000;
    expect(exitCode, output).toBe(1);
    const { cause: told, error } = JSON.parse(stdout) as { cause: Omit<Told, "sentence">; error: string };
    expect(told.cause, output).toBe(cause);
    expect(seconds, output).toBeLessThan(within);
    return { cause, what, service: told.service, seconds, sentence: error };
  } finally {
    await ending;
    await dynenv(["down", "--stack", stack]);
  }
}

type Told = Pick<Diagnosed, "cause" | "service" | "sentence"> & { evidence: string };

function toldOf(failure: EnvironmentFailure | undefined): Told | undefined {
  if (failure === undefined) return undefined;
  const { message, findings } = failure;
  const [{ cause, service, evidence }] = findings;
  return { cause, service, evidence, sentence: message };
}

/** What `dynenv diagnose` says of an environment whose containers all run, but which is not ready. */
async function toldLate(stack: string, { isReady }: Scenario): Promise<Told> {
  const namespace = namespaceName(stack);
  const running = "--for=jsonpath={.status.containerStatuses[0].started}=true";
  const app = ["pods", "--selector=app.kubernetes.io/name=app", "-n", namespace];
  const exists = async () => {
    expect(await kubectl("get", ...app, "-o", "name")).not.toBe("");
  };
  await vi.waitFor(exists, { timeout: 30_000, interval: 500 });
  await kubectl("wait", ...app, running, "--timeout=60s");
  const available = ["deployment/store", ...(isReady === true ? ["deployment/app"] : [])];
  await kubectl("wait", ...available, "-n", namespace, "--for=condition=Available", "--timeout=60s");
  const { exitCode, stdout, output } = await dynenv(["diagnose", "--stack", stack, "--json"]);
  expect(exitCode, output).toBe(1);
  const { cause, error } = JSON.parse(stdout) as { cause: Omit<Told, "sentence">; error: string };
  return { ...cause, sentence: error };
}

/** The API server learns a moment later of who judges pods. */
async function judgesAreActive(objects: Manifest[]): Promise<void> {
  const [app] = objects.filter(({ kind, metadata }) => kind === "Deployment" && metadata.name === "app");
  const kinds = objects.map(({ kind }) => kind);
  const isMutating = kinds.includes("MutatingAdmissionPolicyBinding");
  const isJudged = kinds.some((kind) => /^Validating.*(Binding|Configuration)$/.test(kind));
  if (app === undefined || !(isMutating || isJudged)) return;
  const { metadata, spec } = app as Manifest & { spec: { template: { metadata: object; spec: object } } };
  const pod = { apiVersion: "v1", kind: "Pod", ...spec.template };
  const named = {
    ...pod,
    metadata: { ...spec.template.metadata, name: "probe", namespace: metadata.namespace },
  };
  if (isMutating) {
    await sidecarIsInjected(named);
    return;
  }
  const isRefused = async () => {
    const { exitCode } = await kubectlWith(JSON.stringify(named), "create", "--dry-run=server", "-f", "-");
    expect(exitCode).not.toBe(0);
  };
  await vi.waitFor(isRefused, { timeout: 30_000, interval: 200 });
}

async function deleteOnceReady(namespace: string, object: string): Promise<void> {
  await kubectl("wait", "-n", namespace, object, "--for=condition=Available", "--timeout=60s");
  await kubectl("delete", "-n", namespace, object);
}

async function described(namespace: string): Promise<string> {
  return kubectl("get", "pods,deployments,jobs,events", "-n", namespace, "-o", "yaml");
}
