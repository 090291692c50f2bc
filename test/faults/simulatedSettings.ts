import { uniqueName } from "../integration/shell.ts";
import { standInOf, standIns } from "../integration/standIns.ts";
import { startSimulatedNode } from "../integration/simulatedNode.ts";

/**
 * Settings, as arguments of `pulumi up`, with which environments run on a node that only says that it runs what it gets:
 * what is tried with them is the life of environments, not of what is in them. @returns them, and what ends the node.
 */
export async function simulatedSettings(): Promise<{ settings: string[]; end: () => Promise<void> }> {
  const pool = uniqueName("pool");
  const end = await startSimulatedNode(pool, { pool });
  // Any that is in the registry: nothing runs it.
  const image = standInOf(Object.keys(standIns)[0] ?? "");
  const settings = [`images={"deals":"${image}"}`, `nodeSelector={"pool":"${pool}"}`].flatMap((one) => [
    "--config",
    one,
  ]);
  return { settings, end };
}
