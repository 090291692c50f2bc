import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogPosition } from "../../cli/kubernetes/logPosition.ts";
import "./seed.ts";

interface Line {
  time: number;
  text: string;
}

const start = Date.parse("2026-03-01T23:59:58Z");

function stamped({ time, text }: Line, offset = 0): string {
  const ms = new Date(start + Math.floor(time / 1e6) + offset * 3_600_000).toISOString().slice(0, 19);
  const zone = offset === 0 ? "Z" : `+0${String(offset)}:00`;
  return `${ms}.${String(time % 1e9).padStart(9, "0")}${zone} ${text}\n`;
}

/** What a node gives of its file from a time on, which it rounds down to the second. */
function read(lines: Line[], since: string | undefined): string {
  const from = since === undefined ? -Infinity : (Date.parse(since) - start) * 1e6;
  return lines
    .filter(({ time }) => time >= from)
    .map((line) => stamped(line))
    .join("");
}

function inChunks(text: string, cuts: number[], take: (part: string) => string): string {
  const ends = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((from, index) => take(text.slice(from, ends[index] ?? text.length))).join("");
}

/** Lines of two outputs, the second of which comes a little late. */
const log = fc
  .array(fc.tuple(fc.nat(400_000_000), fc.boolean(), fc.string({ maxLength: 12 })), { maxLength: 60 })
  .map((gaps) => {
    let now = 0;
    return gaps.map(([gap, isLate, text]): Line => {
      now += gap;
      return { time: Math.max(0, now - (isLate ? 1_000_000 : 0)), text: text.replace(/[\n\r]/g, "") };
    });
  });
const cuts = fc.array(fc.nat(10_000), { maxLength: 5 });

describe("the log of a container", () => {
  it("that is read again after its connection broke off gives each line once", () => {
    fc.assert(
      fc.property(log, fc.array(fc.tuple(fc.nat(4000), cuts), { maxLength: 5 }), (lines, breaks) => {
        const position = new LogPosition();
        let out = "";
        for (const [length, where] of breaks) {
          position.resume();
          const part = read(lines, position.since).slice(0, length);
          out += inChunks(part, where, (text) => position.take(text));
          expect(position.hasGap).toBe(false);
        }
        position.resume();
        out += position.take(read(lines, position.since));
        expect(out).toBe(lines.map(({ text }) => `${text}\n`).join(""));
        expect(position.hasGap).toBe(false);
      }),
    );
  });

  it("that was rotated in between gives all that is left, and says that there may be less", () => {
    const lines = Array.from({ length: 50 }, (_, index) => ({
      time: index * 2e8,
      text: `line ${String(index)}`,
    }));
    const position = new LogPosition();
    position.resume();
    expect(position.take(read(lines.slice(0, 10), undefined)).split("\n")).toHaveLength(11);
    position.resume();
    expect(position.take(read(lines.slice(10, 20), position.since))).toMatch(/^line 10\n[^]*line 19\n$/);
    expect(position.hasGap).toBe(true);
    position.resume();
    expect(position.take(read(lines.slice(15, 30), position.since))).toMatch(/^line 20\n[^]*line 29\n$/);
    expect(position.hasGap).toBe(false);
  });

  it("goes on in the middle of a line, or ends it where its rest is gone", () => {
    const [first, second] = [
      { time: 1, text: "0123456789" },
      { time: 5e9, text: "after" },
    ];
    const position = new LogPosition();
    position.resume();
    expect(position.take(stamped(first).slice(0, 36))).toBe("01234");
    position.resume();
    expect(position.take(stamped(first).slice(0, 38))).toBe("56");
    position.resume();
    expect(position.take(stamped(first) + stamped(second).slice(0, 34))).toBe("789\naft");
    position.resume();
    expect(position.take(stamped({ time: 6e9, text: "last" }))).toBe("\nlast\n");
  });

  it("may be in the node's own time zone, and have lines without a time", () => {
    const position = new LogPosition();
    position.resume();
    expect(position.take(stamped({ time: 1, text: "a" }, 2) + "unable to read\n\n")).toBe(
      "a\nunable to read\n\n",
    );
    expect(position.since).toBe("2026-03-01T23:59:57Z");
  });

  it("is remembered in constant memory, line for line, however many there are", () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => ({ time: index * 1000, text: String(index) }));
    const position = new LogPosition();
    position.resume();
    position.take(read(lines, undefined));
    position.resume();
    expect(position.take(read(lines, position.since))).toBe("");
    expect(position.take(stamped({ time: 3e7, text: "new" }))).toBe("new\n");
    expect(position.hasGap).toBe(false);
  });
});
