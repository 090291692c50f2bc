import { EnvironmentKind, named, shown } from "../components/model/index.ts";
import { SettingError } from "./settingError.ts";
import { settingNamespace } from "./settingNamespace.ts";

/**
 * A kubeconfig of another cluster is soon set, and an environment that stays has one place.
 * @param pinned the setting `cluster`, where it is set.
 * @param context name of the kubeconfig's context.
 * @returns the context.
 * @throws unless a standing environment is on the cluster that its stack's file names; whatever is pinned holds for previews, too.
 */
export function requirePinnedCluster(kind: string, pinned: string | undefined, context: string): string {
  const setting = `setting ${settingNamespace}:cluster`;
  if (pinned === undefined && kind === EnvironmentKind.standing)
    throw new SettingError(
      `${setting} is missing: a standing environment names its cluster; the context of this kubeconfig is ${named(context)}`,
    );
  if (pinned === undefined || pinned === context) return context;
  throw new SettingError(
    `${setting} is ${shown(pinned)}, but the kubeconfig leads to ${named(context)}: use the one of the stack's own cluster`,
  );
}
