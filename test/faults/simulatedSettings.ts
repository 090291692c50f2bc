import { uniqueName } from "../integration/shell.ts";
import { startSimulatedNode } from "../integration/simulatedNode.ts";
import { buildImage } from "./image.ts";

/**
 * Settings, as arguments of `pulumi up`, with which environments run on a node that only says that it runs what it gets:
 * what is tried with them is the life of environments, not of what is in them. @returns them, and what ends the node.
 */
export async function simulatedSettings(): Promise<{ settings: string[]; end: () => Promise<void> }> {
  const pool = uniqueName("pool");
  const { image, end } = await buildImage();
  const endNode = await startSimulatedNode(pool, { pool }).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    settings: [`image=${image}`, `nodeSelector={"pool":"${pool}"}`].flatMap((one) => ["--config", one]),
    end: async () => {
      await endNode();
      await end();
    },
  };
}
