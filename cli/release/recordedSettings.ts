import { secretSettings } from "../../foundation/secretSettings.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { readVariable } from "../../foundation/variable.ts";
import { qualified, settingsOf } from "../pulumi/pulumiProject.ts";

/** Beside the manifests of an environment on the branch `stable`: what it was deployed with. */
export const settingsFile = "settings.json";

/** What an environment was deployed with, so that what it consists of can be said again without its cluster. */
export interface RecordedSettings {
  /** Settings by their whole names, as the program gets them; none of them is secret. */
  settings: Record<string, string>;
  /** Variables that the cluster told, or the shell in its place. */
  variables: Record<string, string>;
}

/** Variables of what follows from the cluster, and changes what is deployed. */
export const fromCluster = [
  ...["DYNENV_DOMAIN", "DYNENV_GATEWAY", "DYNENV_INGRESS_CLASS", "DYNENV_GATEWAY_PODS"],
  ...["DYNENV_GATEWAY_ADDRESS", "DYNENV_TLS", "DYNENV_IMAGE_PREFIX"],
];

/** @param env variables that the program got. */
export function recordedSettings({
  stack,
  given,
  env,
}: {
  stack: string;
  given: string[];
  env: Record<string, string | undefined>;
}): RecordedSettings {
  const secrets = Object.keys(secretSettings).map((key) => `${settingNamespace}:${key}`);
  // Of those of the command line that are not ours nobody knows whether they are secret; those in files are for all to read.
  const own = qualified(given).filter((setting) => setting.startsWith(`${settingNamespace}:`));
  const open = Object.entries(settingsOf(stack, own).texts).filter(([key]) => !secrets.includes(key));
  // The shell's own count for the program, too, where the cluster tells nothing.
  const told = fromCluster.flatMap((name) => {
    const value = env[name] ?? readVariable(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { settings: Object.fromEntries(open), variables: Object.fromEntries(told) };
}
