import { test } from "vitest";
import { faults } from "../faults/fault.ts";
import { useImage } from "../faults/image.ts";
import { expectNothingToDo } from "../faults/invariants.ts";
import { strikeAll } from "../faults/strikeAll.ts";

const seed = Number(process.env.FAULT_SEED ?? "1");
const image = useImage();

test("six runs that are stopped somewhere leave nothing that one more run does not put right", async () => {
  console.log(`seed ${String(seed)} (FAULT_SEED); all of it: npm run test:faults`);
  await strikeAll(faults(6, seed), { settings: [`image=${image()}`], expectWhole: expectNothingToDo });
}, 600_000);
