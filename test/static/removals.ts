import type { PolicySpec } from "../../components/model/objects/networkPolicies.ts";
import { titleOf, type Manifest } from "../../rendering/manifest.ts";

type Rule = NonNullable<PolicySpec["ingress"] | PolicySpec["egress"]>[number];

/** What is taken away from the network policies, and the manifests without it. */
type Removal = [part: string, manifests: Manifest[]];

/** Manifests without each of their network policies. */
export function policyRemovals(manifests: Manifest[]): Removal[] {
  return policiesOf(manifests).map(({ policy, index }) => [titleOf(policy), manifests.toSpliced(index, 1)]);
}

/**
 * Manifests without each rule of their network policies, and without each peer, port and excepted range of the rules
 * that lead outside: one that is between two services is closed at its other end still.
 */
export function ruleRemovals(manifests: Manifest[]): Removal[] {
  return policiesOf(manifests).flatMap(({ policy, index }) => {
    const spec = policy.spec as PolicySpec;
    const paths = (["ingress", "egress"] as const).flatMap((direction) =>
      (spec[direction] ?? []).flatMap((rule: Rule, at) => {
        const path = ["spec", direction, String(at)];
        return [path, ...(leadsOutside(rule) ? itemsWithin(rule, path) : [])];
      }),
    );
    return paths.map((path): Removal => [
      `${titleOf(policy)} ${path.join(".")}`,
      manifests.with(index, withoutItem(policy, path)),
    ]);
  });
}

function policiesOf(manifests: Manifest[]) {
  return manifests
    .map((policy, index) => ({ policy, index }))
    .filter(({ policy: { kind } }) => kind === "NetworkPolicy");
}

function leadsOutside(rule: Rule): boolean {
  const peers = "from" in rule ? rule.from : rule.to;
  return peers.some(({ ipBlock, namespaceSelector }) => (ipBlock ?? namespaceSelector) !== undefined);
}

/** Paths to the items of all lists within a value. */
function itemsWithin(value: unknown, path: string[]): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, key];
    return [...(Array.isArray(value) ? [at] : []), ...itemsWithin(item, at)];
  });
}

function withoutItem(manifest: Manifest, path: string[]): Manifest {
  const copy = structuredClone(manifest);
  const list = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy);
  (list as unknown[]).splice(Number(path.at(-1)), 1);
  return copy;
}
