import { namespaceName } from "../../components/model/index.ts";
import { contentOf, contentSuffix } from "../../rendering/content.ts";
import type { Manifest } from "../../rendering/manifest.ts";

/** Marks what Pulumi's provider named itself. */
const autonamed = "pulumi.com/autonamed";

/** What counts of objects, each by a name that is the same whatever it holds, though Pulumi's names follow from that. */
export function comparable(objects: Manifest[]): Manifest[] {
  const taken = new Set(objects.map(titleOf));
  const renamed = objects.flatMap((object) => {
    const base = baseOf(object);
    return base === undefined || taken.has(titleOf({ ...object, metadata: { name: base } }))
      ? []
      : [[object.metadata.name, base] as const];
  });
  const text = renamed.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(objects));
  const plain = (JSON.parse(text) as Manifest[]).map(({ metadata, ...object }) => {
    const { [autonamed]: _, ...annotations } = metadata.annotations ?? {};
    return { ...object, metadata: { ...metadata, annotations } };
  });
  return contentOf(plain);
}

/** The name of an object without its end, where that was made up for it. */
function baseOf(object: Manifest): string | undefined {
  const { name, annotations } = object.metadata;
  const isMadeUp =
    annotations?.[autonamed] === "true" ||
    (("data" in object || "stringData" in object) && name.endsWith(`-${contentSuffix(object)}`));
  return isMadeUp ? name.replace(/-[^-]+$/, "") : undefined;
}

/** The same of objects of a stack, whose names stand in them as one word each. */
export function namelessOf(objects: Manifest[], stack: string): Manifest[] {
  const names = new Set(objects.map(({ metadata }) => metadata.name));
  const text = JSON.stringify(comparable(objects)).replaceAll(word(namespaceName(stack)), "NAMESPACE");
  // A service may be called like the stack.
  const own = names.has(stack)
    ? text.replaceAll(`"dynenv/stack":"${stack}"`, '"dynenv/stack":"STACK"')
    : text;
  return JSON.parse(names.has(stack) ? own : own.replaceAll(word(stack), "STACK")) as Manifest[];
}

function word(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replaceAll(/[.]/g, "\\.")}(?![\\w-])`, "g");
}

/** Objects by kind and name, each title once. */
export function byTitle(objects: Manifest[]): Map<string, Manifest> {
  const all = new Map<string, Manifest>();
  for (const object of objects) {
    let title = titleOf(object);
    for (let count = 2; all.has(title); count++) title = `${titleOf(object)}#${String(count)}`;
    all.set(title, object);
  }
  return all;
}

/** Without what ends the name of a Service by the revision of its pods. */
export function titleOf({ kind, metadata }: Pick<Manifest, "kind" | "metadata">): string {
  return `${kind}/${metadata.name.replace(/-$/, "")}`;
}
