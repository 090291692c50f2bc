import { mainPort, portsOf, type Ported } from "./ports.ts";

type Named = Ported & { name: string };

/**
 * Environment variable that tells where a service is: `CATALOGUE_DB_ADDRESS` for `catalogue-db`, and for its port
 * `metrics` `CATALOGUE_DB_METRICS_ADDRESS`.
 */
export function addressVariable(service: string, port = mainPort): string {
  const name = port === mainPort ? service : `${service}-${port}`;
  return `${name.toUpperCase().replaceAll("-", "_")}_ADDRESS`;
}

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
