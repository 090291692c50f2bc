import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reportIn, resultsIn, writeResults } from "../../cli/environment/testResults.ts";
import { summaryOf } from "../../cli/environment/testSummary.ts";
import { Mask } from "../../cli/text/mask.ts";
import { Failure } from "../../foundation/failure.ts";
import { resultsLimit, type ResultsReport } from "../../components/model/index.ts";
import { resultsReport } from "../../components/readiness/results.ts";
import { suiteResults } from "../../components/model/objects/testResults.ts";
import "../unit/seed.ts";

const junit = '<testsuite><testcase name="a"/></testsuite>';
const packed = (text: string | Buffer) => gzipSync(text).toString("base64");
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "results-"));
  path = join(folder, "junit.xml");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What the container's program says when it is told that the tests are over, once it runs and they did `work`. */
async function ended(
  work: () => void | Promise<void>,
): Promise<{ log: string; report: ResultsReport | undefined }> {
  const [, ...args] = suiteResults({ image: "", path }).command;
  const running = execa(process.execPath, args, { reject: false });
  // Before its handler is there, the signal would end it: in a pod, where it is the first process, it would be lost.
  writeFileSync(path, "not yet");
  await once(running.stdout, "data");
  rmSync(path);
  await work();
  running.kill("SIGTERM");
  const { stdout, exitCode } = await running;
  expect(exitCode).toBe(0);
  return { log: stdout, report: reportIn(`${stdout}\n`) };
}

describe("the container beside tests", () => {
  it("prints what they have written when they are over", async () => {
    const { report } = await ended(() => {
      writeFileSync(path, junit);
    });
    expect(report).toEqual({ final: true, content: packed(junit) });
    expect(report && resultsIn(report)).toEqual({ text: junit, counts: { tests: 1, failed: 0, skipped: 0 } });
  });

  it("prints it before, too, once it does not change any more, and not often", async () => {
    const { log } = await ended(async () => {
      for (let i = 0; i < 6; i++) {
        writeFileSync(path, `${junit}${" ".repeat(i)}`);
        await sleep(1300);
      }
    });
    const finals = log.split("\n").map((line) => (JSON.parse(line) as ResultsReport).final);
    expect(finals).toEqual([false, false, false, true]);
  });

  it.each<[string, () => void, string]>([
    ["nothing", () => undefined, "was not written"],
    [
      "a link to a file of the container's own",
      () => {
        symlinkSync("/etc/passwd", path);
      },
      "is a link, not a file",
    ],
    ["a pipe", () => execFileSync("mkfifo", [path]), "is not a file"],
    [
      "too much",
      () => {
        writeFileSync(path, Buffer.alloc(resultsLimit + 1));
      },
      `has more than ${String(resultsLimit)} bytes, the most that is copied`,
    ],
  ])("says of %s why it is not printed", async (_what, write, problem) => {
    const { report } = await ended(write);
    expect(report).toEqual({ final: true, problem });
    // The source, which is bundled for the container.
    expect(resultsReport(path, true)).toEqual(report);
  });
});

describe("what that container says", () => {
  const line = (report: ResultsReport) => `${JSON.stringify(report)}\n`;

  it("is its last whole report, whatever stands before and after it", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), fc.boolean(), (before, after, final) => {
        const last = { final, content: packed(junit) };
        const log = `${before.map((text) => `${text}\n`).join("")}${line({ final: true, problem: "old" })}${line(last)}`;
        expect(reportIn(`${log}${after.replaceAll("\n", " ")}`)).toEqual(last);
      }),
    );
  });

  it("is nothing where it is anything else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(reportIn(text)).toBeUndefined();
      }),
    );
    for (const text of ["{}\n", '{"final": 1, "content": ""}\n', '{"final": true}\n', "null\n"])
      expect(reportIn(text)).toBeUndefined();
  });

  it.each([
    ["no base64 at all", "ä", "is not text in UTF-8"],
    ["what is not packed", Buffer.from(junit).toString("base64"), "is not text in UTF-8"],
    ["a bomb", packed(Buffer.alloc(64 * 1024 * 1024)), "is not text in UTF-8"],
    ["another encoding", packed(Buffer.from(junit, "utf16le")), "is not whole"],
    ["bytes", packed(Buffer.from([0x3c, 0xff])), "is not text in UTF-8"],
    ["no XML", packed("1 passed"), "is not whole: it ends too soon"],
  ])("is not taken where it is %s", (_what, content, problem) => {
    const results = resultsIn({ final: true, content });
    expect("problem" in results && results.problem).toContain(problem);
  });

  it("is shown without what a terminal acts upon, and not at length", () => {
    const results = resultsIn({ final: true, problem: `\u001b[2J${"a".repeat(1000)}` });
    expect("problem" in results && results.problem).toMatch(/^\\u001b\[2Ja{100,200}$/);
  });
});

describe("copied results", () => {
  it("have no secrets in them, as XML writes them, too", async () => {
    const secret = "hunter<2>&more";
    const text = `<testsuite><testcase name="a">${secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</testcase></testsuite>`;
    const file = await writeResults(join(folder, "deep", "er"), "smoke", text, new Mask().add(secret));
    expect(file).toBe(join(folder, "deep", "er", "smoke.xml"));
    expect(readFileSync(file, "utf8")).toBe('<testsuite><testcase name="a">***</testcase></testsuite>');
  });
});

describe("the summary of suites", () => {
  it("has a row for each, with numbers where they are known", () => {
    const suites = [
      { name: "smoke", counts: { tests: 3, failed: 1, skipped: 2 }, failure: new Failure("broken", "no") },
      { name: "test" },
    ];
    expect(summaryOf(suites).split("\n").slice(2)).toEqual([
      "| smoke | failed | 3 | 1 | 2 |",
      "| test | passed |  |  |  |",
      "",
    ]);
  });
});
