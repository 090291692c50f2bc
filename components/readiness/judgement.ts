import type { Answer } from "./report.ts";

/** Milliseconds that a health page may take, wherever it is asked from. */
export const pageLimit = 12_000;

/** A health page counts as ready when it answers 200 and names nothing that does not work. */
export function judgedHealth({ body = "", ...answer }: Answer, path: string): Answer {
  const dependency = failedDependency(body);
  const named = { ...answer, body, ...(dependency !== undefined && { dependency }) };
  if (answer.failure !== undefined) return named;
  return dependency === undefined
    ? answer
    : { ...named, failure: `${path} reports that ${dependency} does not work` };
}

/** A commit counts when it is the one that was deployed. */
export function judgedCommit(
  { body = "", ...answer }: Answer,
  path: string,
  expected: string | undefined,
): Answer {
  if (answer.failure !== undefined) return { ...answer, body };
  const commit = commitIn(body);
  if (commit === expected) return { ...answer, commit };
  return {
    ...{ ...answer, body, commit: commit ?? "" },
    failure: `${path} reports ${commit ?? "no commit"} instead of ${String(expected)}`,
  };
}

function commitIn(body: string): string | undefined {
  try {
    const { commit } = JSON.parse(body) as { commit?: unknown };
    return typeof commit === "string" ? commit : undefined;
  } catch {
    return undefined;
  }
}

function failedDependency(body: string): string | undefined {
  let page: { health?: unknown } | null;
  try {
    page = JSON.parse(body) as typeof page;
  } catch {
    // A health page that is no JSON says with its status alone that the service works.
    return undefined;
  }
  if (!Array.isArray(page?.health)) return undefined;
  const entries = page.health as ({ service?: unknown; status?: unknown } | null)[];
  const failed = entries.filter((entry) => String(entry?.status).toLowerCase() !== "ok");
  const [name] = failed.map((entry) => entry?.service);
  if (failed.length === 0) return undefined;
  return typeof name === "string" && name !== "" ? name : "a dependency";
}
