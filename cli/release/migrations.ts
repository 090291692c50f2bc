import type { ReleaseLock } from "../../foundation/releaseLock.ts";

type Migrated = Pick<ReleaseLock, "migrations">;

/** Migrations of one release that another lacks, as `SERVICE/FILE`: its code does not know what they did to the data. */
export function missingMigrations(present: Migrated, target: Migrated): string[] {
  return Object.entries(present.migrations).flatMap(([service, files]) => {
    const known = Object.hasOwn(target.migrations, service) ? (target.migrations[service] ?? []) : [];
    return files.filter((file) => !known.includes(file)).map((file) => `${service}/${file}`);
  });
}
