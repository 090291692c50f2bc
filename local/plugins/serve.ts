import { main } from "@pulumi/pulumi/provider/server.js";
import type {
  CheckFailure,
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  UpdateResult,
} from "@pulumi/pulumi/provider/provider.js";
import type { Props } from "./values.ts";

/** One resource type; `olds` are a resource's outputs in state, `news` the checked inputs. */
export interface ResourceType {
  token: string;
  check(news: Props): Promise<CheckFailure[] | Props>;
  diff(olds: Props, news: Props): DiffResult;
  create(urn: string, news: Props): Promise<CreateResult>;
  update?(urn: string, news: Props): Promise<UpdateResult>;
  cancel?(): void;
}

/**
 * Serves one resource type to the engine. Previews need no code: this server does not claim preview support, so the
 * engine answers a preview's creates and updates itself, and every output that is not an input is unknown.
 */
export async function serve(plugin: string, version: string, resource: ResourceType): Promise<void> {
  const provider: Provider = {
    version,
    check: (urn, _olds, news: Props) => check(plugin, resource, urn, news),
    diff: (_id, _urn, olds: Props, news: Props) => Promise.resolve(resource.diff(olds, news)),
    create: (urn, news: Props) => resource.create(urn, news),
    update: async (_id, urn, _olds, news: Props) => (await resource.update?.(urn, news)) ?? { outs: news },
    read: (id, _urn, props?: Props) => read(plugin, id, props),
    cancel: () => Promise.resolve(resource.cancel?.()),
  };
  await main(provider, process.argv.slice(2));
}

async function check(plugin: string, resource: ResourceType, urn: string, news: Props): Promise<CheckResult> {
  const token = typeOf(urn);
  if (token !== resource.token) {
    const reason = `this drop-in of the ${plugin} plugin serves ${resource.token} only, not ${token}: install the official plugin`;
    return { failures: [{ property: "type", reason }] };
  }
  const result = await resource.check(news);
  return Array.isArray(result) ? { inputs: news, failures: result } : { inputs: result };
}

function read(
  plugin: string,
  id: string,
  props: Props | undefined,
): ReturnType<NonNullable<Provider["read"]>> {
  if (props === undefined || Object.keys(props).length === 0) {
    throw new Error(`this drop-in of the ${plugin} plugin cannot import ${id}: install the official plugin`);
  }
  return Promise.resolve({ id, props });
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? urn;
}
