import { exitCodes, Failure } from "../local/failure.ts";

interface Interruptible {
  kill(signal: "SIGINT"): unknown;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into one interrupt of the running child and a failure of its stage. Later
 * signals change nothing: Pulumi takes a second one as the order to leave resources behind.
 */
export class Interrupt {
  #signal: string | undefined;
  #child: Interruptible | undefined;
  #raise: (() => void) | undefined;
  #cleaningUp = false;
  #abandon: (() => Promise<void>) | undefined;

  constructor(say: (line: string) => void) {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        say(this.#signal === undefined ? `${signal}: cleaning up` : `${signal}: still cleaning up`);
        if (this.#signal !== undefined) return;
        this.#signal = signal;
        if (this.#abandon !== undefined) void this.#giveUp(this.#abandon);
        else if (!this.#cleaningUp) this.#child?.kill("SIGINT");
        this.#raise?.();
      });
    }
  }

  get received(): boolean {
    return this.#signal !== undefined;
  }

  /** While `work` runs, a signal ends the process at once, after `abandon` has removed what was begun. */
  async duringPreparation<T>(abandon: () => Promise<void>, work: () => Promise<T>): Promise<T> {
    this.#abandon = abandon;
    try {
      return await work();
    } finally {
      if (this.received) await new Promise(() => undefined);
      this.#abandon = undefined;
    }
  }

  /** Names the child that the interrupt goes to. */
  watch(child: Interruptible): void {
    this.#child = child;
    if (this.received && !this.#cleaningUp) child.kill("SIGINT");
  }

  /** Fails as soon as an interrupt comes, for work that has no child to pass it to. */
  raised(): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#raise = () => {
        reject(new Failure("interrupted", "interrupted"));
      };
      if (this.received) this.#raise();
    });
  }

  /** @throws when an interrupt has come and cleanup has not begun. */
  check(): void {
    if (this.#cleaningUp || this.#signal === undefined) return;
    throw new Failure("interrupted", "interrupted");
  }

  /** From here on children are left alone: what cleans up is to end by itself. */
  beginCleanup(): void {
    this.#cleaningUp = true;
  }

  async #giveUp(abandon: () => Promise<void>): Promise<never> {
    await abandon();
    process.exit(exitCodes.interrupted);
  }
}
