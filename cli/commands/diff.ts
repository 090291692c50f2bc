import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { exitCodes } from "../../foundation/failure.ts";
import { door } from "../process/door.ts";
import { EndedWith } from "../process/exit.ts";
import { interruptibleWork } from "../process/interrupt.ts";
import { diffReport } from "../release/diff.ts";
import { diffPage } from "../release/diffPage.ts";
import { hasDrift } from "../release/diffReport.ts";
import { diffLines } from "../release/diffText.ts";
import { Report } from "../view/report.ts";
import { requireWritable } from "./outputFile.ts";

export function diffCommand(): Command {
  return new Command("diff")
    .description(
      "in what two standing environments or releases differ, and each environment from its cluster; ends with 1 where a cluster is not what it is to be",
    )
    .argument("<stack-or-release>", "name of a stack, version of a release, or the file of its lock")
    .argument("[other]", "what it is compared with (default: a stack with its own cluster alone)")
    .option("--context <name>", "context of the kubeconfig to use")
    .option("--html <file>", "write it as a page, too, which any browser opens")
    .option("--json", "print it as JSON")
    .action(diff);
}

interface DiffOptions {
  context?: string;
  html?: string;
  json?: true;
}

async function diff(
  name: string,
  other: string | undefined,
  { context, html, json }: DiffOptions,
): Promise<void> {
  const work = interruptibleWork(new Report().line);
  if (html !== undefined) await requireWritable("--html", html);
  const names = other === undefined ? [name] : [name, other];
  const report = await diffReport({ names, context }, work);
  // Before anything is cut: what is left of a secret would be no secret any more to who hides it.
  const shown = door.mask.object(report);
  if (html !== undefined) await writeFile(html, door.text(diffPage(shown, new Date().toUTCString())));
  if (json) door.passJson(report);
  else door.pass(diffLines(shown).join("\n"));
  if (hasDrift(report)) throw new EndedWith(exitCodes.broken);
}
