/** How many lines are remembered: those of a program's two outputs are not quite in the order of their times. */
const remembered = 4096;
/** The time at the beginning of a line, as nodes write it: to the nanosecond, in UTC or in a zone of their own. */
const timePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const longestTime = 40;

interface Line {
  time: number | undefined;
  isNew: boolean;
  /** Characters of it that were read. */
  read: number;
  /** Characters at its beginning that were passed on before its connection broke off. */
  known: number;
}

/**
 * How far the log of a container was read, by the times that the node puts before its lines. What is read again, after a
 * connection was lost, gives what is new, each line once, whatever the node rotated away in the meantime.
 */
export class LogPosition {
  /** Times of the last lines, in nanoseconds since `#epoch`: more would not fit into a number. */
  readonly #last = new Float64Array(remembered);
  #count = 0;
  #epoch: number | undefined;
  #newest = 0;
  /** Times of lines that this connection may bring although they are known, and how many have each. */
  #known = new Map<number, number>();
  #oldest = -Infinity;
  #line: Line | undefined;
  #broken: Line | undefined;
  /** The beginning of a line whose time is not whole yet. */
  #head = "";
  #gap: "impossible" | "possible" | "seen" = "impossible";

  /** From when on the log is to be read again; a little early, since servers count in seconds. */
  get since(): string | undefined {
    if (this.#epoch === undefined) return undefined;
    const seconds = Math.floor((this.#epoch + this.#newest / 1e6) / 1000) - 1;
    return new Date(seconds * 1000).toISOString().replace(".000", "");
  }

  /** Whether a connection brought a new line, but none of those before it: some may be lost with a file that is gone. */
  get hasGap(): boolean {
    return this.#gap === "seen";
  }

  /** Must be called before the log is read again. */
  resume(): void {
    const last = this.#last.subarray(0, Math.min(this.#count, remembered));
    this.#known = new Map();
    for (const time of last) this.#known.set(time, (this.#known.get(time) ?? 0) + 1);
    this.#oldest = this.#count > remembered ? Math.min(...last) : -Infinity;
    if (this.#line?.isNew === true && this.#line.read > this.#line.known) this.#broken = this.#line;
    this.#line = undefined;
    this.#head = "";
    this.#gap = this.#count > 0 ? "possible" : "impossible";
  }

  /** What is new in a part of the log, without the times. */
  take(part: string): string {
    const text = this.#head + part;
    this.#head = "";
    const parts: string[] = [];
    for (let at = 0; at < text.length;) {
      if (this.#line === undefined) {
        const start = textStart(text, at);
        if (start === undefined) {
          this.#head = text.slice(at);
          break;
        }
        this.#line = this.#begun(start > at ? text.slice(at, start - 1) : "", parts);
        at = start;
      }
      at = this.#read(text, at, this.#line, parts);
    }
    return parts.join("");
  }

  #read(text: string, at: number, line: Line, parts: string[]): number {
    const end = text.indexOf("\n", at) + 1;
    const to = end === 0 ? text.length : end;
    const known = Math.min(to - at, Math.max(0, line.known - line.read));
    if (line.isNew) parts.push(text.slice(at + known, to));
    line.read += to - at;
    if (end === 0) return to;
    if (line.isNew && line.time !== undefined) this.#note(line.time);
    this.#line = undefined;
    return to;
  }

  #begun(stamp: string, parts: string[]): Line {
    const time = this.#timeOf(stamp);
    const line: Line = { time, isNew: true, read: 0, known: 0 };
    if (time === undefined) return line;
    if (this.#broken?.time === time) {
      line.known = this.#broken.read;
      this.#broken = undefined;
      this.#gap = "impossible";
      return line;
    }
    const count = this.#known.get(time) ?? 0;
    if (count > 0) this.#known.set(time, count - 1);
    line.isNew = count === 0 && time >= this.#oldest;
    if (!line.isNew) this.#gap = "impossible";
    else if (this.#gap === "possible") this.#gap = "seen";
    // The rest of a line that broke off is gone.
    if (line.isNew && this.#broken !== undefined) parts.push("\n");
    if (line.isNew) this.#broken = undefined;
    return line;
  }

  #note(time: number): void {
    this.#last[this.#count % remembered] = time;
    this.#count++;
    this.#newest = Math.max(this.#newest, time);
  }

  #timeOf(stamp: string): number | undefined {
    const [, seconds = "", fraction = "", zone = ""] = timePattern.exec(stamp) ?? [];
    if (seconds === "") return undefined;
    const ms = Date.parse(`${seconds}${zone}`);
    this.#epoch ??= ms;
    return (ms - this.#epoch) * 1e6 + Number(fraction.padEnd(9, "0"));
  }
}

/** Where a line's text begins, after its time if it has one; nothing while that cannot be told. */
function textStart(text: string, at: number): number | undefined {
  const head = text.slice(at, at + longestTime);
  const end = head.search(/[ \n]/);
  if (end === -1) return head.length < longestTime ? undefined : at;
  return timePattern.test(head.slice(0, end)) ? at + end + 1 : at;
}
