import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The SDKs' versions with which the tests ran what is patched here: another one may name its internals otherwise. */
export const tested = { "@pulumi/pulumi": "3.259.0", "@pulumi/kubernetes": "4.25.0" };

/** Set to anything, it has the SDKs run as they are, as for `pulumi up --debug`, which a program cannot see. */
const untuned = "DYNENV_DEBUG";

/** Why the SDKs run as they are, if they do: one of another version is installed, or somebody asks for it. */
export function whyUntuned(
  env: NodeJS.ProcessEnv = process.env,
  installed: (name: string) => string = versionOf,
): { reason: string; isAsked: boolean } | undefined {
  if ((env[untuned] ?? "") !== "") return { reason: `${untuned} is set`, isAsked: true };
  const other = Object.entries(tested).find(([name, version]) => installed(name) !== version);
  if (other === undefined) return undefined;
  const [name, version] = other;
  return { reason: `${name} is ${installed(name)}, and ${version} is what was tested`, isAsked: false };
}

function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}
