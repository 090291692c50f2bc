import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { extract } from "tar";
import { describe, expect, it } from "vitest";
import type { KubeConfig } from "#bundled/kubernetes";
import { dossierOf, writeArchive } from "../../cli/diagnosis/dossier.ts";
import { lastLines, oneLine } from "../../cli/diagnosis/rules/oneLine.ts";
import { sentence } from "../../cli/diagnosis/rules/finding.ts";
import { causeIn, summaryOf } from "../../cli/diagnosis/summary.ts";
import { Mask } from "../../cli/text/mask.ts";
import { harmless } from "../../cli/text/harmless.ts";
import { nothing, pod } from "./brokenPods.ts";
import "./seed.ts";

/** The lines outside of code blocks, as CommonMark has it: a block ends with a fence at least as long as its first. */
function markup(markdown: string): string[] {
  let fence = "";
  return markdown.split("\n").filter((line) => {
    const [run = ""] = /^ {0,3}`{3,}/.exec(line) ?? [];
    const isFence =
      run !== "" && (fence === "" || (line.trim() === run.trim() && run.trim().length >= fence.length));
    if (isFence) fence = fence === "" ? run.trim() : "";
    return !isFence && fence === "";
  });
}

const said = fc
  .array(
    fc.constantFrom(
      "`",
      "```",
      "````\n",
      "\n",
      "# a",
      "<img src=x>",
      "[a](b)",
      "| c |",
      "::error::d",
      "e",
      "\u001b[31m",
    ),
  )
  .map((parts) => parts.join(""));

describe("the summary of a dossier", () => {
  it("has what programs say in code blocks alone", () => {
    fc.assert(
      fc.property(said, said, (evidence, log) => {
        const finding = {
          ...{ cause: "crash-loop" as const, service: "deals", object: "Pod/deals-1" },
          ...{ evidence: oneLine(evidence), lines: lastLines(log) },
        };
        const findings = [finding, { ...finding, lines: [] }];
        const summary = summaryOf({ namespace: "env-a", findings, hidden: [], files: ["events.txt"] });
        expect(causeIn(summary)).toBe(sentence(finding));
        expect(markup(harmless(summary, new Mask()))).toEqual([
          ...["# env-a", "", "", "## crash-loop", "", ""],
          ...(finding.lines.length === 0 ? [] : ["Its last lines:", "", ""]),
          ...["## crash-loop", "", "", "", "In this archive:", "", ""],
        ]);
      }),
    );
  });

  it("says it when all is well", () => {
    const summary = (hidden: string[]) =>
      summaryOf({ namespace: "env-a", findings: [], hidden, files: ["events.txt"] });
    expect(causeIn(summary([]))).toBeUndefined();
    expect(summary([])).toContain("# env-a\n\nAll services are ready.\n");
    expect(summary(["no logs"])).toContain(
      "# env-a\n\nNothing is wrong with what could be looked at.\n\n- no logs\n",
    );
  });
});

describe("a dossier", () => {
  it("has no logs where nobody knows what must be hidden in them", async () => {
    const core = { readNamespacedPodLog: () => Promise.resolve("a line\n") };
    const config = { makeApiClient: () => core } as unknown as KubeConfig;
    const state = { ...nothing, pods: [pod("app", { containers: [{ state: { running: {} } }] })] };
    const filesOf = async (hasAllSecrets: boolean) => {
      const snapshot = { state, objects: {}, hidden: [], unknown: [], hasAllSecrets };
      const dossier = { config, namespace: "env-a", snapshot, mask: new Mask(), findings: [] };
      return Object.keys(await dossierOf(dossier));
    };
    expect(await filesOf(true)).toEqual(["summary.md", "events.txt", "logs/app-1.app.log"]);
    expect(await filesOf(false)).toEqual(["summary.md", "events.txt"]);
  });

  it("is for its owner alone, also where a file of that name was there before", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dossier-"));
    try {
      const files = [join(folder, "new", "a.tar.gz"), join(folder, "old.tar.gz")];
      await writeFile(join(folder, "old.tar.gz"), "", { mode: 0o644 });
      for (const file of files) {
        await writeArchive(file, { "summary.md": "a", "logs/b.log": "b" });
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        const into = `${file}.files`;
        await mkdir(into);
        await extract({ file, cwd: into });
        expect(await readFile(join(into, "logs", "b.log"), "utf8")).toBe("b");
        expect((await stat(join(into, "summary.md"))).mode & 0o777).toBe(0o600);
      }
      expect((await stat(join(folder, "new"))).mode & 0o777).toBe(0o700);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
