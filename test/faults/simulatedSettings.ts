import { shell, uniqueName } from "../integration/shell.ts";
import { startSimulatedNode } from "../integration/simulatedNode.ts";

/**
 * Settings, as arguments of `pulumi up`, with which environments run on a node that only says that it runs what it gets:
 * what is tried with them is the life of environments, not of what is in them. @returns them, and what ends the node.
 */
export async function simulatedSettings(): Promise<{ settings: string[]; end: () => Promise<void> }> {
  const pool = uniqueName("pool");
  const end = await startSimulatedNode(pool, { pool });
  const { DYNENV_IMAGE_PREFIX = "", DYNENV_STAND_INS = "{}" } = shell;
  const [[name, digest] = ["", ""]] = Object.entries(JSON.parse(DYNENV_STAND_INS) as Record<string, string>);
  // Any that is in the registry: nothing runs it.
  const image = `${DYNENV_IMAGE_PREFIX}/${name.split(":")[0] ?? ""}@${digest}`;
  const settings = [`image=${image}`, `nodeSelector={"pool":"${pool}"}`].flatMap((one) => ["--config", one]);
  return { settings, end };
}
