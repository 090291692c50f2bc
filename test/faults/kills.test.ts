import { expect, test } from "vitest";
import { uniqueName } from "../integration/shell.ts";
import { startSimulatedNode } from "../integration/simulatedNode.ts";
import { faults, grid, namespaceCreate } from "./fault.ts";
import { useImage } from "./image.ts";
import { expectNothingToDo, expectSameObjects } from "./invariants.ts";
import { strikeAll } from "./strikeAll.ts";

const seed = Number(process.env.TEST_SEED ?? "2026");
/** One in so many of the grid, where there is no time for all. */
const every = Number(process.env.FAULT_EVERY ?? "1");
const hours = 3_600_000;
const image = useImage();

test(
  "runs on the real cluster leave nothing that one more run does not put right",
  async () => {
    console.log(`seed ${String(seed)} (TEST_SEED)`);
    const outcomes = await strikeAll(faults(60, seed), {
      settings: [`images={"deals":"${image()}"}`],
      expectWhole: expectNothingToDo,
    });
    const count = (pick: (outcome: (typeof outcomes)[number]) => boolean) => outcomes.filter(pick).length;
    expect(count(({ pendingOperation }) => pendingOperation)).toBeGreaterThanOrEqual(10);
    expect(count(({ staleLock }) => staleLock)).toBeGreaterThanOrEqual(10);
    expect(count(({ hitAt }) => hitAt === namespaceCreate)).toBeGreaterThanOrEqual(5);
  },
  2 * hours,
);

test(
  "nor do runs that are stopped at any event, on a node that only says that it runs what it gets",
  async () => {
    const pool = uniqueName("pool");
    const endNode = await startSimulatedNode(pool, { pool });
    try {
      const settings = [`images={"deals":"${image()}"}`, `nodeSelector={"pool":"${pool}"}`];
      await strikeAll(grid(every, seed), { settings, expectWhole: expectSameObjects });
    } finally {
      await endNode();
    }
  },
  8 * hours,
);
