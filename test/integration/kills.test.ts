import { afterAll, beforeAll, expect, test } from "vitest";
import { faults } from "../faults/fault.ts";
import { buildImage } from "../faults/image.ts";
import { strikeAll } from "../faults/strikeAll.ts";
import { inventory } from "./shell.ts";

const seed = Number(process.env.FAULT_SEED ?? "1");
let before: string[] = [];
let image = "";
let endImage: (() => Promise<void>) | undefined;

beforeAll(async () => {
  before = await inventory();
  ({ image, end: endImage } = await buildImage());
});

afterAll(async () => {
  await endImage?.();
  expect(await inventory()).toEqual(before);
});

test("six runs that are stopped somewhere leave nothing that one more run does not put right", async () => {
  console.log(`seed ${String(seed)} (FAULT_SEED); all of it: npm run test:faults`);
  await strikeAll(faults(6, seed), [`image=${image}`]);
}, 600_000);
