import { environment, type Manifest } from "./environment.ts";
import type { Scenario } from "./scenarios/index.ts";

/** The objects of an environment with what is wrong with it. */
export function brokenEnvironment(scenario: Scenario, namespace: string): Manifest[] {
  const { gateSeconds = 150, others = {}, before, after } = scenario;
  const [home, ...objects] = environment(namespace, gateSeconds);
  const changed = objects.map((object) => {
    const name = `${object.kind}/${object.metadata.name}`;
    const changes = { ...workloadChanges(scenario)[name], ...others[name] };
    return merged(object, changes) as Manifest;
  });
  const first = before?.(namespace) ?? [];
  return [...(home ? [home] : []), ...first, ...changed, ...(after?.(namespace) ?? [])];
}

function workloadChanges({ pod, container, store, volume }: Scenario): Record<string, object> {
  const volumes = volume && { volumes: [{}, { name: "more", ...volume }] };
  const mounts = volume && { volumeMounts: [{}, { name: "more", mountPath: "/more" }] };
  return {
    "Deployment/app": template({ ...pod, ...volumes, containers: [{ ...container, ...mounts }] }),
    "Deployment/store": template({ containers: [{ ...store }] }),
  };
}

function template(spec: object): object {
  return { spec: { template: { spec } } };
}

/** Objects are merged, and lists of objects by place; anything else is replaced. */
function merged(base: unknown, changes: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(changes) && changes.every(isObject))
    return Array.from({ length: Math.max(base.length, changes.length) }, (_, index) =>
      merged(base[index], changes[index]),
    );
  if (!isObject(changes)) return changes === undefined ? base : changes;
  const from: Record<string, unknown> = isObject(base) ? base : {};
  const entries = Object.entries(changes).map(([key, value]) => [
    key,
    value === undefined ? undefined : merged(from[key], value),
  ]);
  return { ...from, ...Object.fromEntries(entries) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
