import { named } from "../components/model/index.ts";
import {
  checkedOut,
  checkoutRoot,
  isCommitted,
  isIgnored,
  parentsOfHead,
  superprojectRoot,
  whyNotCheckedOut,
} from "./checkout.ts";
import { SettingError } from "./settingError.ts";

/**
 * Nothing may pass for a commit whose code it is not.
 * @throws unless the checkout of `folder` is at `commit`, or at a merge of it: the merged result of a CI system.
 */
export function requireCodeOf({ commit, project }: { commit: string; project: string }, folder = "."): void {
  const wanted = `commit ${commit.slice(0, 12)} of ${named(project)}`;
  const { commit: current } = checkedOut(folder);
  if (current === "")
    throw new SettingError(`${wanted} is to be deployed, but ${whyNotCheckedOut(folder)?.reason ?? ""}`);
  if (!isHead(commit, current, folder))
    throw new SettingError(
      `${wanted} is not what is checked out in ${named(checkoutRoot(folder) ?? folder)}, which is at ${current.slice(0, 12)}: call dynenv in a checkout of ${named(project)} at that commit`,
    );
  if (!isCommitted(folder))
    throw new SettingError(
      `${wanted} lacks the folder of the program, ${named(folder)}: commit it, or call dynenv in the repository that has it`,
    );
}

function isHead(commit: string, current: string, folder: string): boolean {
  if (current.startsWith(commit)) return true;
  // The first is what was merged into.
  return parentsOfHead(folder)
    .slice(1)
    .some((parent) => parent.startsWith(commit));
}

/** What `context` would have to be for its content to be that of the current folder's checkout, if it is not. */
export function whyForeign(context: string): string | undefined {
  const root = checkoutRoot(".");
  const theirs = checkoutRoot(context);
  if (root === undefined) return undefined;
  if (theirs === undefined || !isPartOf(theirs, root)) return `a folder of the checkout ${named(root)}`;
  return isIgnored(context, ".") ? "a folder that git does not ignore" : undefined;
}

/** Whether a checkout is `root`, or one of its submodules. */
function isPartOf(checkout: string, root: string | undefined): boolean {
  if (checkout === root) return true;
  const parent = superprojectRoot(checkout);
  return parent !== undefined && isPartOf(parent, root);
}
