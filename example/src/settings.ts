export interface Settings {
  /** Where the catalogue answers: `host:port`. */
  catalogue: string;
  /** The commit that this service was built from. */
  commit: string;
  port: number;
}

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    catalogue: catalogueAddress(environment.CATALOGUE_ADDRESS),
    commit: given(environment.COMMIT) ?? "unknown",
    port: portNumber(given(environment.PORT) ?? "8080"),
  };
}

function catalogueAddress(value: string | undefined): string {
  if (value !== undefined && /^(\[[\da-fA-F:.]+\]|[^\s:/@?#]+):\d{1,5}$/.test(value)) return value;
  throw new Error(
    `CATALOGUE_ADDRESS must be host:port, for example catalogue:80, but is ${value ? `"${value}"` : "not set"}.`,
  );
}

function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) return Number(value);
  throw new Error(`PORT must be a number up to 65535, for example 8080, but is "${value}".`);
}

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
