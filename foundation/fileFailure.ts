import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { cacheFolder, stateFolder } from "./folders.ts";
import { Failure } from "./failure.ts";
import { named, shown } from "../components/model/index.ts";

/** What a file system refuses for reasons that are the user's to change. */
const codes = [
  "EACCES",
  "EDQUOT",
  "EISDIR",
  "ELOOP",
  "ENAMETOOLONG",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "ERR_FS_EISDIR",
  "EROFS",
];

/** What an operation on files failed of, as one sentence; `undefined` for any other error. */
export function fileFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", syscall = "", path, message } = error as NodeJS.ErrnoException;
  if (!codes.includes(code) || syscall.startsWith("spawn")) return undefined;
  // Node adds the call and the path, which are said better here.
  const reason = message.split(",")[0] ?? message;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new Failure(
    "unreachable",
    `${path === undefined ? "a file" : named(path)} cannot be ${syscall === "open" && !isFull ? "opened" : "written"} (${reason}): ${nextStep(path, isFull)}`,
    { cause: error },
  );
}

function nextStep(path: string | undefined, isFull: boolean): string {
  const names = variables(path).join(" or ");
  if (isFull) return `free some space${names && `, or set ${names} to a folder on another disk`}`;
  return names === "" ? "check this path and its permissions" : `set ${names} to a folder that can`;
}

/** The variables that say where `path` is: of folders in each other the innermost one's. */
function variables(path: string | undefined): string[] {
  const folders = { XDG_CACHE_HOME: cacheFolder(), XDG_STATE_HOME: stateFolder(), TMPDIR: tmpdir() };
  if (path === undefined) return Object.keys(folders);
  const all = Object.entries(folders).sort(([, one], [, other]) => other.length - one.length);
  const isIn = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);
  // The second: a folder that is being made for it.
  const found =
    all.find(([, folder]) => isIn(path, folder) && folder !== tmpdir()) ??
    all.find(([, folder]) => isIn(folder, path)) ??
    all.find(([, folder]) => isIn(path, folder));
  return found === undefined ? [] : [found[0]];
}

/** @throws when temporary files have no place: some programs would then say so in passing, others not at all. */
export async function requireTemporaryFolder(): Promise<void> {
  const folder = tmpdir();
  const isUsable = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isUsable) return;
  throw new Failure(
    "usage",
    `TMPDIR is ${shown(folder)} but must be a folder that can be written, such as /tmp`,
  );
}
