import type { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import { Mask } from "../text/mask.ts";
import { harmless, harmlessJson } from "../text/harmless.ts";

/**
 * The one way out: whatever is written for people, for logs and into files goes through here, and leaves it without
 * secrets, without what a terminal acts upon, and without commands to a CI system.
 */
export class Door {
  readonly mask: Mask;
  readonly #stdout: Writable;
  readonly #stderr: WriteStream;

  constructor({ stdout, stderr }: { stdout: Writable; stderr: WriteStream }, mask: Mask) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.mask = mask;
  }

  /** What people look at. */
  get terminal(): WriteStream {
    return this.#stderr;
  }

  /** Where goes what a command was called for. */
  get output(): Writable & Partial<Pick<WriteStream, "isTTY" | "columns" | "rows">> {
    return this.#stdout;
  }

  /** Takes what goes wrong with writing. @returns what ends that. */
  whenBroken(take: (error: NodeJS.ErrnoException) => void): () => void {
    const streams = [this.#stdout, this.#stderr];
    for (const stream of streams) stream.on("error", take);
    return () => {
      for (const stream of streams) stream.off("error", take);
    };
  }

  /** A text as it may be shown. */
  text(text: string): string {
    return harmless(text, this.mask);
  }

  /** Tells people something: on standard error, so that output can be piped. What goes before it is repeated as blanks. */
  readonly tell = (text: string, before = ""): void => {
    this.#stderr.write(this.#lines(text, before));
  };

  /** Passes on what a command was called for. */
  readonly pass = (text: string, before = ""): void => {
    this.#stdout.write(this.#lines(text, before));
  };

  /** The same with `before` at each line. It is written as it is, so that it may have colours. */
  readonly passLines = (text: string, before: string): void => {
    const lines = this.text(text).replace(/\n$/, "").split("\n");
    this.#stdout.write(lines.map((line) => `${before}${line}\n`).join(""));
  };

  /** Facts for a program. */
  passJson(value: unknown): void {
    this.#stdout.write(`${harmlessJson(value, this.mask)}\n`);
  }

  /** What somebody was promised as it is, secrets included: the variables of a shell, what a command in a pod prints. */
  hand(text: string | Uint8Array): void {
    this.#stdout.write(text);
  }

  handJson(value: unknown): void {
    this.hand(`${harmlessJson(value, new Mask())}\n`);
  }

  /** Waits until a slow reader has taken most of what was written, so that it need not be kept. */
  async drained(): Promise<void> {
    await Promise.all(
      [this.#stdout, this.#stderr].filter(({ writableNeedDrain }) => writableNeedDrain).map(taken),
    );
  }

  /** Waits until all that was written has been taken. */
  async flushed(): Promise<void> {
    await Promise.all([this.#stdout, this.#stderr].map(taken));
  }

  #lines(text: string, before: string): string {
    const shown = this.text(text).replace(/\n$/, "");
    return `${before}${shown.replaceAll("\n", `\n${" ".repeat(before.length)}`)}\n`;
  }
}

async function taken(stream: Writable): Promise<void> {
  // Nobody reads it any more.
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.write("", () => {
      resolve();
    });
  });
}

/** That of this process. */
export const door = new Door(process, Mask.ofVariables(process.env));
