import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { orInterrupted } from "../../cli/process/interrupt.ts";

test("work that fails after its interrupt, or after one that came before it, fails nobody else", async () => {
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on("unhandledRejection", hear);
  try {
    const reason = new Error("interrupted");
    const interrupted = AbortSignal.abort(reason);
    const late = () => setImmediate().then(() => Promise.reject(new Error("late")));
    await expect(orInterrupted(interrupted, late())).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = orInterrupted(controller.signal, late());
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await setImmediate();
    await setImmediate();
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", hear);
  }
});

test("work gives what it gives", async () => {
  const { signal } = new AbortController();
  expect(await orInterrupted(signal, Promise.resolve(1))).toBe(1);
  await expect(orInterrupted(signal, Promise.reject(new Error("no")))).rejects.toThrow("no");
});
