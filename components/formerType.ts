import type { ComponentResourceOptions } from "@pulumi/pulumi";

/**
 * Options of a component whose type had another name. The URNs of its children hold that name: without the alias, an
 * update of an environment that an earlier version made would replace all of them.
 */
export function formerly(type: string, opts: ComponentResourceOptions = {}): ComponentResourceOptions {
  return { ...opts, aliases: [...(opts.aliases ?? []), { type: `dynamic-environments:index:${type}` }] };
}
