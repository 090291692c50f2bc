/** Prints plain lines with the time since the start; to standard error, so that output can be piped. */
export class Report {
  readonly #start = Date.now();

  readonly line = (text: string): void => {
    const seconds = ((Date.now() - this.#start) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds}s  ${text}\n`);
  };

  /** Runs one stage and says how long it took, and whether it did what it should. */
  async stage<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = Date.now();
    const took = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
    this.line(`${name}: begins`);
    try {
      const result = await work();
      this.line(`${name}: done in ${took()}`);
      return result;
    } catch (error) {
      this.line(`${name}: FAILED after ${took()}`);
      throw error;
    }
  }
}
