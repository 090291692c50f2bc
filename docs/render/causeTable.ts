import { causes } from "../../cli/diagnosis/rules/causes.ts";
import { code, markdownTable } from "./markdownTable.ts";

/** Every cause that is told apart: what is said of the service, how long the state may last, and what to do. */
export function causeTable(): string {
  const rows = Object.entries(causes).map(([id, { says, patience, next }]) => [
    code(id),
    says,
    patience === Infinity ? "to the deadline" : patience === 0 ? "not at all" : `${String(patience)} s`,
    next,
  ]);
  return markdownTable(["cause", "the service ...", "may last", "what to do"], rows);
}
