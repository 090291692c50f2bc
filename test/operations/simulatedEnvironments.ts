import { afterAll, beforeAll, expect } from "vitest";
import { expectNothing } from "../faults/invariants.ts";
import { simulatedSettings } from "../faults/simulatedSettings.ts";
import { dynenv, kubectl, remains, stacks, uniqueName } from "../integration/shell.ts";

/** Environments of a file's tests on a simulated node; none of them is left at its end. */
export function simulatedEnvironments(prefix: string) {
  const simulated = { settings: [] as string[] };
  let end: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    ({ settings: simulated.settings, end } = await simulatedSettings());
  });

  const up = (stack: string, ...more: string[]) =>
    dynenv(["up", "--stack", stack, ...simulated.settings, ...more]);
  const down = (stack: string, env: Record<string, string> = {}) => dynenv(["down", "--stack", stack], env);

  afterAll(async () => {
    for (const stack of await stacks()) if (!stack.startsWith("image-")) await down(stack);
    await end?.();
    expect(await remains()).toEqual([]);
  });

  /** The stack of a new environment. */
  async function made(): Promise<string> {
    const stack = uniqueName(prefix);
    const { exitCode, output } = await up(stack);
    expect(exitCode, output).toBe(0);
    return stack;
  }

  async function expectRemoved(stack: string): Promise<void> {
    const removal = await down(stack);
    expect(removal.exitCode, removal.output).toBe(0);
    await expectNothing(stack);
  }

  return { simulated, up, down, made, expectRemoved };
}

/** What tells an environment's namespace from another one of that name. */
export function uidOf(stack: string): Promise<string> {
  return kubectl("get", "namespace", `env-${stack}`, "-o", "jsonpath={.metadata.uid}");
}
