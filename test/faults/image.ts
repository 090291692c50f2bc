import { afterAll, beforeAll, expect } from "vitest";
import { pulumi, remains, uniqueName } from "../integration/shell.ts";

/** Builds the application's image once. @returns its reference, and what removes the stack that built it. */
export async function buildImage(): Promise<{ image: string; end: () => Promise<void> }> {
  const stack = ["--stack", uniqueName("image")];
  await pulumi(["stack", "init", ...stack]);
  const { exitCode, output } = await pulumi([
    "up",
    "--yes",
    "--skip-preview",
    ...stack,
    "--config",
    "kind=image",
  ]);
  expect(exitCode, output).toBe(0);
  const { stdout } = await pulumi(["stack", "output", "--json", ...stack]);
  const { images } = JSON.parse(stdout) as { images: { deals: string } };
  const end = async () => {
    await pulumi(["destroy", "--yes", "--skip-preview", ...stack]);
    await pulumi(["stack", "rm", "--yes", "--remove-backups", ...stack]);
  };
  return { image: images.deals, end };
}

/** Builds the image before a file's tests; after them the cluster must be as before. @returns what gives its reference. */
export function useImage(): () => string {
  let image = "";
  let endImage: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ image, end: endImage } = await buildImage());
  });
  afterAll(async () => {
    await endImage?.();
    expect(await remains()).toEqual([]);
  });
  return () => image;
}
