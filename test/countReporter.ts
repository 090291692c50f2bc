import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Ends a run with one line that counts tests; what failed outside of a test counts as failed. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const states = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => test.result().state);
    const count = (state: string) => states.filter((other) => other === state).length;
    const outside = errors.length + modules.flatMap((module) => module.errors()).length;
    const skipped = count("skipped") > 0 ? `, ${String(count("skipped"))} skipped` : "";
    // After the other reporters, so that it is the last line.
    process.once("exit", () => {
      process.stdout.write(
        `${String(count("passed"))} passed, ${String(count("failed") + outside)} failed${skipped}\n`,
      );
    });
  }
}
