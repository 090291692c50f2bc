import { test } from "vitest";
import { faults } from "../faults/fault.ts";
import { useImage } from "../faults/image.ts";
import { expectNothingToDo } from "../faults/invariants.ts";
import { strikeAll } from "../faults/strikeAll.ts";
import { sampleSeed, tellSeed } from "./sampleSeed.ts";

const image = useImage();

test("six runs that are stopped somewhere leave nothing that one more run does not put right", async () => {
  tellSeed("test:faults");
  await strikeAll(faults(6, sampleSeed), {
    settings: [`images={"deals":"${image()}"}`],
    expectWhole: expectNothingToDo,
  });
}, 600_000);
