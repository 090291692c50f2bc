import { patienceWith, type Finding } from "./rules/finding.ts";

/** Since when each finding is there, in milliseconds of one clock. */
export type Since = ReadonlyMap<string, number>;

export interface Judgement {
  since: Since;
  /** Findings whose state has lasted longer than one that heals: the environment will not get ready. */
  hopeless: Finding[];
  /** When the next finding becomes hopeless if nothing changes; nothing where none will. */
  due: number | undefined;
}

/** What is held up by another, or gets another time for another reason, begins anew. */
function keyOf(finding: Finding): string {
  return `${finding.service}/${finding.cause}/${String(patienceWith(finding))}`;
}

/** Judges findings at a moment, with what was known before. What was not there for a moment begins anew. */
export function judge(before: Since, findings: Finding[], now: number): Judgement {
  const since = new Map(findings.map((finding) => [keyOf(finding), before.get(keyOf(finding)) ?? now]));
  const dues = findings.map((finding) => {
    return { finding, due: (since.get(keyOf(finding)) ?? now) + patienceWith(finding) * 1000 };
  });
  const waiting = dues.map(({ due }) => due).filter((due) => due > now && due !== Infinity);
  return {
    since,
    hopeless: dues.filter(({ due }) => due <= now).map(({ finding }) => finding),
    due: waiting.length === 0 ? undefined : Math.min(...waiting),
  };
}
