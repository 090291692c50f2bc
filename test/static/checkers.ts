import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { interruptibleWork } from "../../cli/process/interrupt.ts";
import { kubeconform, netpolAnalyzer } from "../../local/goTools.ts";
import { builtTool } from "../../local/toolBuild.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Programs that check manifests. */
    checkers: { kubeconform: string; netpolicy: string };
  }
}

/** Builds the checkers before the tests begin, so that the tests' limits are for checking alone. */
export default async function setUp(project: TestProject): Promise<void> {
  const work = interruptibleWork((line) => process.stderr.write(`${line}\n`));
  project.provide("checkers", {
    kubeconform: join(await builtTool(kubeconform, work), "kubeconform"),
    netpolicy: join(await builtTool(netpolAnalyzer, work), "netpolicy"),
  });
}
