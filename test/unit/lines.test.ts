import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mask } from "../../cli/text/mask.ts";
import { harmless } from "../../cli/text/harmless.ts";
import { Lines } from "../../cli/text/lines.ts";
import "./seed.ts";

const long = 64 * 1024;
const secrets = ["s3cr3t-pass-word", "aaaaaaaa", "two words-within", "öffne-dich-sesam", "x".repeat(300)];
const maskOf = () => new Mask().add(...secrets);

/** What leaves the door of a stream that comes in such chunks. */
function passed(bytes: Buffer, cuts: number[], mask = maskOf()): string {
  const [decoder, lines] = [new TextDecoder(), new Lines(mask)];
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const chunks = [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
  const text =
    chunks.map((chunk) => lines.push(decoder.decode(chunk, { stream: true }))).join("") + lines.end();
  return harmless(text, mask);
}

const shown = fc.constantFrom(
  ...secrets,
  ...secrets.map((secret) => Buffer.from(secret).toString("base64")),
  ...secrets.map((secret) => encodeURIComponent(secret)),
  "https://user:s3cr3t@host/",
);
const part = fc.oneof(
  shown,
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("\n", "\r\n", "\r", " ", "\u001b[31m", "::error::", "😀"),
);
const filler = fc.constantFrom(
  "-".repeat(long - 9),
  "a b ".repeat(long / 4),
  "a".repeat(9 * 1024),
  "é".repeat(long),
);
const cuts = fc.array(fc.nat(200_000), { maxLength: 20 });

describe("a stream", () => {
  it("passes each of its lines once, however it is cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), cuts, (parts, where) => {
        const bytes = Buffer.from(parts.join(""));
        const text = bytes.toString().replace(/^\ufeff/, "");
        const whole = text === "" || /[\r\n]$/.test(text) ? text : `${text}\n`;
        expect(passed(bytes, where)).toBe(harmless(whole, maskOf()));
      }),
    );
  });

  it("shows no secret in pieces of lines without an end, and loses nothing else", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(part, filler), { maxLength: 12 }), cuts, (parts, where) => {
        const out = passed(Buffer.from(parts.join("")), where);
        const joined = out.replaceAll("\n", "");
        for (const secret of [...secrets, "user:s3cr3t"]) {
          expect(out).not.toContain(secret);
          expect(joined).not.toContain(secret);
        }
        const kept = parts.join("").match(/😀/gu)?.length ?? 0;
        expect(out.match(/😀/gu)?.length ?? 0).toBe(kept);
      }),
      { numRuns: 30 },
    );
  });

  it("cuts neither a login nor a character at the border of a piece, wherever it lies", () => {
    for (const [whole, after] of [
      ["https://user:s3cr3t@host/", "https://***@host/"],
      ["://user:s3cr3t@host/", "://***@host/"],
      ["😀", "😀"],
    ] as const)
      for (let ahead = long - whole.length - 1; ahead <= long + 1; ahead++) {
        const out = passed(Buffer.from(`${"-".repeat(ahead)}${whole}${"-".repeat(long)}`), []);
        expect(out.replaceAll("\n", "").replaceAll("-", "")).toBe(after);
      }
  });

  it("of one line of 20 MB is passed on in pieces that are bounded, with what is kept", () => {
    const lines = new Lines(maskOf());
    let [length, longest] = [0, 0];
    for (let count = 0; count < 320; count++) {
      const pieces = lines.push("y".repeat(long));
      length += pieces.replaceAll("\n", "").length;
      longest = Math.max(longest, pieces.length);
    }
    expect(longest).toBeLessThan(4 * long);
    expect(320 * long - length).toBeLessThan(2 * long);
    expect(length + lines.end().trimEnd().length).toBe(320 * long);
  });

  it("of a secret again and again, without an end, is hidden and keeps nothing", () => {
    const lines = new Lines(maskOf());
    let out = "";
    for (let count = 0; count < 50; count++) out += lines.push("a".repeat(long));
    out += lines.end();
    expect(out.replaceAll("***", "").trim()).toBe("");
    expect(out.length).toBeLessThan(1000);
  });

  it("is passed on at 20 MB/s and more, with many secrets, in constant memory", () => {
    const many = Array.from(
      { length: 40 },
      (_, index) => `secret-${String(index)}-${"v4lue".repeat(index % 9)}-end`,
    );
    const mask = maskOf().add(...many);
    const lines = new Lines(mask);
    const chunk = Array.from(
      { length: 900 },
      (_, index) =>
        `2026-01-01 12:00:00 INFO http.Server GET /catalogue?size=5&page=${String(index)} 200 in 12 ms\n`,
    ).join("");
    mask.text(chunk);
    const before = process.memoryUsage().heapUsed;
    const [start, megabytes] = [process.cpuUsage(), 20];
    let length = 0;
    for (let done = 0; done < megabytes * 1e6; done += chunk.length)
      length += harmless(lines.push(chunk), mask).length;
    // Others may be at work on this machine, too.
    const { user, system } = process.cpuUsage(start);
    expect(length).toBeGreaterThan(megabytes * 1e6 * 0.99);
    expect(megabytes / ((user + system) / 1e6)).toBeGreaterThan(20);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300e6);
  });
});
