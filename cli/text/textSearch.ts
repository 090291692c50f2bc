/** Part of a text, from its first character to the one after its last. */
export type Range = [start: number, end: number];

/** Characters that are looked at together: of two, most occur in none of the texts. */
const block = 2;

/**
 * Finds where any of many texts occurs, in the way of Wu and Manber: a text in which none does is skipped in steps almost
 * as long as the shortest one. A regular expression would try each of them at each character.
 */
export class TextSearch {
  /** Length of the longest text. */
  readonly longest: number;
  readonly #shortest: number;
  /** For the end of a window: how far the next one can be where something may occur. */
  readonly #steps: Uint16Array;
  /** The texts that may begin where a window does, by the window's end, then by their length: many begin alike. */
  readonly #byEnd = new Map<number, Map<number, Set<string>>>();

  /** @param texts none, or such as have at least two characters. */
  constructor(texts: Iterable<string>) {
    const all = [...new Set(texts)];
    const lengths = all.map(({ length }) => length);
    this.longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    this.#shortest = lengths.reduce((least, length) => Math.min(least, length), 0xffff);
    this.#steps = new Uint16Array(0x10000).fill(this.#shortest - block + 1);
    for (const text of all) this.#learn(text);
  }

  #learn(text: string): void {
    for (let end = block - 1; end < this.#shortest; end++) {
      const key = keyAt(text, end);
      this.#steps[key] = Math.min(this.#steps[key] ?? 0, this.#shortest - 1 - end);
      if (end === this.#shortest - 1) this.#keep(key, text);
    }
  }

  #keep(key: number, text: string): void {
    const lengths = this.#byEnd.get(key) ?? new Map<number, Set<string>>();
    const texts = lengths.get(text.length) ?? new Set<string>();
    this.#byEnd.set(key, lengths.set(text.length, texts.add(text)));
  }

  /** What is covered by occurrences, in order; those that overlap or touch are one range. */
  ranges(text: string): Range[] {
    const found: Range[] = [];
    if (this.longest === 0) return found;
    for (let end = this.#shortest - 1; end < text.length;) {
      const key = keyAt(text, end);
      const step = this.#steps[key] ?? 1;
      if (step === 0) this.#note(found, text, end - this.#shortest + 1, key);
      end += Math.max(1, step);
    }
    return found;
  }

  #note(found: Range[], text: string, start: number, key: number): void {
    for (const [length, texts] of this.#byEnd.get(key) ?? []) {
      if (!texts.has(text.slice(start, start + length))) continue;
      const [last, end] = [found.at(-1), start + length];
      if (last !== undefined && last[1] >= start) last[1] = Math.max(last[1], end);
      else found.push([start, end]);
    }
  }
}

function keyAt(text: string, end: number): number {
  return ((text.charCodeAt(end - 1) << 8) ^ text.charCodeAt(end)) & 0xffff;
}
