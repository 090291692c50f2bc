/** Environment variable that tells where a service is: `CATALOGUE_DB_ADDRESS` for `catalogue-db`. */
export function addressVariable(service: string): string {
  return `${variableName(service)}_ADDRESS`;
}

/** Environment variable in which users of a service that gives its password find it: `POSTGRES_PASSWORD`. */
export function passwordVariable(service: string): string {
  return `${variableName(service)}_PASSWORD`;
}

function variableName(service: string): string {
  return service.toUpperCase().replaceAll("-", "_");
}
