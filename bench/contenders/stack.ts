import { execa } from "execa";

/** Makes a stack; a pipeline has it from the run before, or makes it once. */
export async function initStack(stack: string, folder: string, env: Record<string, string>): Promise<void> {
  await execa("pulumi", ["stack", "init", stack], { cwd: folder, env });
}
