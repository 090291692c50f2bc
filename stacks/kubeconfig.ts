import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { SettingError } from "./settingError.ts";
import { named, shown } from "../components/model/shown.ts";
import { listed } from "../components/model/suggestion.ts";

const kubeconfig = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({ name: z.string() })).optional(),
});

/**
 * Name of the context that a stack's provider uses: `wanted`, or the current one of the kubeconfig.
 * @param path value of KUBECONFIG: the ambient ~/.kube/config is never used unless it is named.
 * @throws when no kubeconfig is named, when it cannot be read, and when it lacks the context.
 */
export function contextOf(path: string | undefined, wanted: string | undefined): string {
  if (path === undefined || path === "") {
    throw new SettingError(
      'KUBECONFIG names no cluster: set it to a kubeconfig, or run `eval "$(./cli/dynenv env)"`',
    );
  }
  const configs = path.split(":").filter(Boolean).map(readKubeconfig);
  const context = wanted ?? configs.map((config) => config["current-context"]).find(Boolean);
  if (context === undefined) {
    throw new SettingError(
      `kubeconfig ${named(path)} has no current context: name one with dynenv:kubeContext or KUBE_CONTEXT`,
    );
  }
  const known = configs.flatMap((config) => config.contexts ?? []).map(({ name }) => name);
  if (!known.includes(context)) {
    throw new SettingError(
      `kubeconfig ${named(path)} has no context ${shown(context)}: it has ${listed(known)}`,
    );
  }
  return context;
}

function readKubeconfig(path: string): z.infer<typeof kubeconfig> {
  try {
    return kubeconfig.parse(parse(readFileSync(path, "utf8"), { prettyErrors: false }));
  } catch (error) {
    const reason = error instanceof z.ZodError ? "it has no list of contexts" : (error as Error).message;
    throw new SettingError(`kubeconfig ${named(path)} cannot be read: ${reason}`);
  }
}
