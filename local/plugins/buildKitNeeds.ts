/** A line of a Dockerfile that the legacy builder does not know. */
export interface BuildKitNeed {
  line: number;
  what: string;
}

const flag =
  /^(?:ONBUILD\s+)?(RUN|COPY|ADD)\s+(?:--\S+\s+)*?(--(?:mount|network|security|chmod|link|parents|exclude|keep-git-dir|checksum))\b/i;
const hereDocument = /^(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s.*<<-?["']?[A-Za-z_]/i;

/**
 * A line of a Dockerfile that only BuildKit understands.
 * @param refused the line that a builder refused, which for a here-document is one of its content. Default: the first such
 * line is meant.
 */
export function buildKitNeed(dockerfile: string, refused?: number): BuildKitNeed | undefined {
  const needs = dockerfile.split("\n").flatMap((line, index): BuildKitNeed[] => {
    const text = line.trim();
    const [, instruction = "", name] = flag.exec(text) ?? [];
    if (name !== undefined) return [{ line: index + 1, what: `${instruction.toUpperCase()} ${name}` }];
    return hereDocument.test(text) ? [{ line: index + 1, what: "a here-document" }] : [];
  });
  return refused === undefined ? needs[0] : needs.findLast(({ line }) => line <= refused);
}
