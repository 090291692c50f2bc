/** A line of a Dockerfile that the legacy builder does not know. */
export interface BuildKitNeed {
  line: number;
  what: string;
}

const flag =
  /^(?:ONBUILD\s+)?(RUN|COPY|ADD)\s+(?:--\S+\s+)*?(--(?:mount|network|security|chmod|link|parents|exclude|keep-git-dir|checksum))\b/i;
const hereDocument = /^(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s.*<<-?["']?[A-Za-z_]/i;

/** The first line of a Dockerfile that only BuildKit understands. */
export function buildKitNeed(dockerfile: string): BuildKitNeed | undefined {
  for (const [index, line] of dockerfile.split("\n").entries()) {
    const text = line.trim();
    const [, instruction = "", name] = flag.exec(text) ?? [];
    if (name !== undefined) return { line: index + 1, what: `${instruction.toUpperCase()} ${name}` };
    if (hereDocument.test(text)) return { line: index + 1, what: "a here-document" };
  }
  return undefined;
}
