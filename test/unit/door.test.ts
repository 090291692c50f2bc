import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mask } from "../../cli/text/mask.ts";
import { Door } from "../../cli/process/door.ts";
import "./seed.ts";

function opened(...secrets: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const door = new Door({ stdout, stderr: stderr as unknown as WriteStream }, new Mask().add(...secrets));
  const written = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? "").toString();
  return { door, out: () => written(stdout), err: () => written(stderr) };
}

/** What runners look for in a line, as their sources have it. */
const commands = [
  /^\s*::.*::/,
  /##\[/,
  /##vso\[/,
  /##teamcity\[/,
  /section_(start|end):\d+:/,
  /travis_(fold|time):/,
  /^(---|\+\+\+|~~~|\^\^\^) /,
];
const hostile = [
  "::add-mask::a",
  "  ::error file=a::b",
  "::stop-commands::x",
  "##[error]a",
  "a ##[add-path]b",
  "###[group]a",
  "##vso[task.setvariable variable=a]b",
  "##teamcity[buildStatus status='FAILURE']",
  "section_start:1700000000:a[collapsed=true]\r\u001b[0K",
  "xsection_end:1700000000:a\r\u001b[0K",
  "travis_fold:start:a",
  "--- a",
  "+++ a",
  "\u001b]0;title\u0007",
  "\u001b]52;c;aGk=\u0007",
  "\u001b[2J\u001b[H",
  "\u009b2J",
  ":\u001b[0m:add-mask::a",
  "#\u001b[1;31m#[error]a",
  "\u202e\u2066\u200b\ufeff\u2028",
  "a\r::error::b",
  "\u0085::error::b",
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...hostile, "\n", "\r\n", "\t", " "), fc.string({ unit: "binary" })))
  .map((parts) => parts.join(""));

describe("what passes the door", () => {
  it("has no control characters and no commands of CI systems in any line", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("  ", "dynenv: "), (given, before) => {
        const { door, out, err } = opened();
        door.pass(given, before);
        door.tell(given, before);
        const lines = out();
        expect(err()).toBe(lines);
        door.passLines(given, before);
        const each = out();
        for (const line of `${lines}${each}`.split("\n")) {
          expect(line).not.toMatch(/[^\P{Cc}\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
          for (const command of commands) expect(line).not.toMatch(command);
        }
      }),
    );
  });

  it("is otherwise as it was", () => {
    const { door, out } = opened();
    const plain = "ok 1 - adds\n\tat a.ts:1:2 ::1 a::b #1 [x] ## x 👩🏽‍💻 Grüße\n";
    door.pass(plain);
    expect(out()).toBe(plain);
    door.pass("\u001b[32m✓\u001b[39m adds\r\n\u001b[1A100%\rdone");
    expect(out()).toBe("✓ adds\n\\u001b[1A100%\ndone\n");
  });

  it("keeps what it said under what stands before it", () => {
    const { door, err } = opened();
    door.tell("a\nb\n", "  1.0s  ");
    expect(err()).toBe("  1.0s  a\n        b\n");
  });

  it("has the same before each line of a log, which may have a colour", () => {
    const { door, out } = opened();
    door.passLines("a\n\n::error::b\n", "\u001b[36mweb |\u001b[39m ");
    expect(out().replaceAll("\u001b[36mweb |\u001b[39m ", "> ")).toBe("> a\n> \n> \\u003a:error::b\n");
  });

  it("as JSON is the same JSON to who parses it, in printable characters", () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const { door, out } = opened();
        door.passJson({ texts });
        const json = out();
        expect(JSON.parse(json)).toEqual({ texts });
        for (const line of json.split("\n")) {
          expect(line).not.toMatch(/\p{Cc}/u);
          for (const command of commands) expect(line).not.toMatch(command);
        }
      }),
    );
  });

  it("shows no secret, also where colours are within it or it has characters that cannot be shown", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 8 }), text, text, (secret, before, after) => {
        fc.pre(secret.trim() === secret && !"***".includes(secret));
        const { door, out } = opened(secret);
        door.pass(`${before} ${secret} ${after}`);
        expect(out()).toContain("***");
        expect(out()).not.toContain(secret);
      }),
    );
    const { door, out } = opened("s3cr3t-pass");
    door.pass("a s3cr\u001b[1m3t-pass b");
    expect(out()).toBe("a *** b\n");
    const lines = opened("pass\r\nword\rs3");
    lines.door.pass("a pass\r\nword\rs3 b");
    expect(lines.out()).toBe("a *** b\n");
    door.passJson({ "s3cr3t-pass": ["s3cr3t-pass", 's3cr3t-pass"'], url: 'http://a:b@c/?token=x"' });
    expect(JSON.parse(out())).toEqual({ "***": ["***", '***"'], url: 'http://***@c/?token=***"' });
  });
});
