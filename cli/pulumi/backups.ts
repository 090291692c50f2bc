import { backendFolders, backendUrl, removeFiles } from "./fileBackend.ts";
import { pulumi, type PulumiRun } from "./pulumi.ts";

/**
 * Removes what backends keep of a stack that is no more, with its encrypted secrets: `destroy --remove` leaves the last
 * state and its backups, a write that was cut off a temporary file. Pulumi Cloud keeps nothing that could be removed.
 * @param isUnknown whether the stack was gone already; else Pulumi has just removed it with what it knows of.
 */
export async function removeBackups(stack: string, isUnknown: boolean, run: PulumiRun): Promise<void> {
  const folders = backendFolders(run.env);
  if (folders !== undefined) await removeFiles(stack, folders);
  // Only a stack that exists can be removed with its backups.
  else if (isUnknown && /^(s3|gs|azblob|postgres):/.test(backendUrl(run.env))) {
    await pulumi(["stack", "init", "--stack", stack], run);
    await pulumi(["stack", "rm", "--yes", "--remove-backups", "--stack", stack], run);
  }
}
