import type { WriteStream } from "node:tty";
import type { createLogUpdate } from "log-update";

/** Whether a block can be drawn anew in place: for a person at a terminal whose size is known. */
export function isLive(
  { isTTY, columns, rows }: Partial<Pick<WriteStream, "isTTY" | "columns" | "rows">>,
  { CI = "", TERM = "" }: { CI?: string; TERM?: string },
): boolean {
  const hasSize = (columns ?? 0) > 0 && (rows ?? 0) > 0;
  return isTTY === true && hasSize && TERM !== "dumb" && ["", "false"].includes(CI);
}

const redrawnEvery = 200;

/** A block of lines at the end of a terminal, which is drawn anew in place as time passes. */
export class Screen {
  readonly #lines: () => string[];
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;

  private constructor(update: ReturnType<typeof createLogUpdate>, lines: () => string[]) {
    this.#update = update;
    this.#lines = lines;
    this.#draw();
    this.#timer = setInterval(() => {
      this.#draw();
    }, redrawnEvery).unref();
  }

  /** The package is loaded only where there is a terminal. */
  static async open(stream: WriteStream, lines: () => string[]): Promise<Screen> {
    const { createLogUpdate } = await import("log-update");
    return new Screen(createLogUpdate(stream), lines);
  }

  /** Lets something be written above the block. */
  above(write: () => void): void {
    this.#update.clear();
    write();
    this.#draw();
  }

  /** Takes the block away and gives the cursor back. */
  close(): void {
    clearInterval(this.#timer);
    this.#update.clear();
    this.#update.done();
  }

  #draw(): void {
    this.#update(this.#lines().join("\n"));
  }
}
