import { portsOf, type Ported } from "./ports.ts";
import { addressVariable } from "./variableNames.ts";

type Named = Ported & { name: string };

/** Variables that tell the addresses of a service, in the same namespace: one for each of its ports. */
export function addressVariables(service: Named): { name: string; value: string }[] {
  return portsOf(service).map(({ name, port }) => ({
    name: addressVariable(service.name, name),
    value: `${service.name}:${String(port)}`,
  }));
}

/** Where callers in the same namespace reach a service's `port`: `host:port`; nothing where it has none. */
export function address({ name, port }: Named): string | undefined {
  return port === undefined ? undefined : `${name}:${String(port)}`;
}
