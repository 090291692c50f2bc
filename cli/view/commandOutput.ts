import { door } from "../process/door.ts";
import { Lines } from "../text/lines.ts";

/**
 * Passes on what a command in a pod prints where it has no terminal: to a file or a pipe as it is, be it a dump or an
 * archive; to a terminal, and to standard error, as any other text.
 */
export class CommandOutput {
  readonly #texts = {
    stdout: new Text((lines) => {
      door.pass(lines);
    }),
    stderr: new Text((lines) => {
      door.tell(lines);
    }),
  };

  readonly take = (output: "stdout" | "stderr", data: Buffer): Promise<void> => {
    if (output === "stdout" && door.output.isTTY !== true) door.hand(data);
    else this.#texts[output].take(data);
    return door.drained();
  };

  /** Passes on what is left when no more comes. */
  end(): void {
    for (const text of Object.values(this.#texts)) text.end();
  }
}

/** Text that comes in chunks of bytes, in whole lines. */
class Text {
  readonly #decoder = new TextDecoder();
  readonly #lines = new Lines(door.mask);
  readonly #pass: (lines: string) => void;

  constructor(pass: (lines: string) => void) {
    this.#pass = pass;
  }

  take(data: Buffer): void {
    this.#give(this.#lines.push(this.#decoder.decode(data, { stream: true })));
  }

  end(): void {
    this.#give(this.#lines.push(this.#decoder.decode()) + this.#lines.end());
  }

  #give(lines: string): void {
    if (lines !== "") this.#pass(lines);
  }
}
