import { mainPort } from "./ports.ts";

/**
 * Environment variable that tells where a service is: `CATALOGUE_DB_ADDRESS` for `catalogue-db`, and for its port
 * `metrics` `CATALOGUE_DB_METRICS_ADDRESS`.
 */
export function addressVariable(service: string, port = mainPort): string {
  return `${variableName(port === mainPort ? service : `${service}-${port}`)}_ADDRESS`;
}

/** Environment variable in which users of a service that gives its password find it: `POSTGRES_PASSWORD`. */
export function passwordVariable(service: string): string {
  return `${variableName(service)}_PASSWORD`;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
