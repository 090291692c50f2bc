/** Takes one line of progress. */
export type Progress = (line: string) => void;

const tick = 30_000;

/** Runs long work: says that it begins, every half minute that it goes on, and how long it took. */
export async function during<T>(what: string, progress: Progress, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = () => `${String(Math.round((Date.now() - start) / 1000))} s`;
  progress(`${what} ...`);
  const timer = setInterval(() => {
    progress(`${what} ... ${seconds()}`);
  }, tick);
  try {
    const result = await work();
    progress(`${what}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
