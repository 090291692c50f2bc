import { Failure } from "../local/failure.ts";

interface Interruptible {
  kill(signal: "SIGINT"): unknown;
}

/**
 * Turns the first SIGINT or SIGTERM into one interrupt of the running child and a failure of its stage. Later signals
 * change nothing: Pulumi takes a second one as the order to leave resources behind.
 */
export class Interrupt {
  #signal: string | undefined;
  #child: Interruptible | undefined;
  #enabled = true;

  constructor(say: (line: string) => void) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (this.#signal === undefined) {
          this.#signal = signal;
          say(`${signal}: ending the current stage, then cleaning up`);
          if (this.#enabled) this.#child?.kill("SIGINT");
        } else {
          say(`${signal}: still cleaning up`);
        }
      });
    }
  }

  get received(): boolean {
    return this.#signal !== undefined;
  }

  /** Names the child that the interrupt goes to. @throws when the interrupt came before. */
  watch(child: Interruptible): void {
    this.#child = child;
    if (this.received && this.#enabled) child.kill("SIGINT");
  }

  /** @throws when an interrupt has come. */
  check(): void {
    if (this.#enabled && this.#signal !== undefined)
      throw new Failure("interrupted", `interrupted by ${this.#signal}`);
  }

  /** From here on children are left alone: what cleans up is to end by itself. */
  disable(): void {
    this.#enabled = false;
  }
}
