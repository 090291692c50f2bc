import { stringify } from "yaml";
import { sorted, withoutTools } from "./content.ts";
import { isSecretsScript, secretsScript } from "./secretsScript.ts";
import type { Manifest } from "./manifest.ts";

/**
 * Each before what needs it: kubectl takes files in the order of their names, and pods start only where there are limits,
 * accounts and policies.
 */
const ranks: Record<string, number> = {
  Namespace: 0,
  ...{ ResourceQuota: 1, LimitRange: 1, NetworkPolicy: 1, ServiceAccount: 1, Role: 1, RoleBinding: 1 },
  ...{ ConfigMap: 2, Secret: 2, PersistentVolumeClaim: 2, Service: 3 },
  ...{ Deployment: 4, Job: 5, CronJob: 5 },
};
/** Of what leads to pods, or counts them. */
const last = 6;

/** The Service by which the readiness Job's program asks the new pods, in JSON within JSON. */
const askedHost = /(\\"pods\\":\{\\"host\\":\\")[^\\"]+/g;

/** Objects as kubectl creates them, each after what it needs: who applies files knows no address before the cluster gives it one, but a name. */
export function applicable(objects: Manifest[]): Manifest[] {
  const asked = objects.find(
    ({ kind, metadata }) => kind === "Service" && metadata.name.startsWith("readiness-"),
  );
  const text = JSON.stringify(objects).replaceAll(askedHost, `$1${asked?.metadata.name ?? ""}`);
  return (JSON.parse(text) as Manifest[])
    .map(withoutTools)
    .sort((one, other) => (fileName(one) < fileName(other) ? -1 : 1));
}

/** Where an object is written to, such as `4-deployment-web.yaml`. */
export function fileName({ kind, metadata }: Manifest): string {
  return `${String(ranks[kind] ?? last)}-${kind.toLowerCase()}-${metadata.name}.yaml`;
}

/** Makes the Secrets, which no file has. */
export const secretsFile = "secrets.sh";

/** The files of an environment, by their names: an object in each, and a script that makes the Secrets, where there are any. */
export function environmentFiles(objects: Manifest[]): Record<string, string> {
  const all = applicable(objects);
  const secrets = all.filter(({ kind }) => kind === "Secret");
  const open = all
    .filter(({ kind }) => kind !== "Secret")
    .map((object) => [fileName(object), toYaml(object)]);
  const namespace = all.find(({ kind }) => kind === "Namespace");
  if (namespace === undefined || secrets.length === 0)
    return Object.fromEntries(open) as Record<string, string>;
  const script = secretsScript(fileName(namespace), namespace.metadata.name, secrets);
  return { ...(Object.fromEntries(open) as Record<string, string>), [secretsFile]: script };
}

/** Whether a file may be one of an environment, by its name and text. */
export function isEnvironmentFile(name: string, text: string): boolean {
  if (name === secretsFile) return isSecretsScript(text);
  const lines = text.split("\n");
  return lines[0]?.startsWith("apiVersion: ") === true && lines[1]?.startsWith("kind: ") === true;
}

/** An object with its keys in order, quoted as readers of YAML 1.1, such as kubectl, need it. */
export function toYaml({ apiVersion, kind, metadata, ...content }: Manifest): string {
  const parts = Object.entries({ apiVersion, kind, metadata, ...(sorted(content) as object) });
  return parts.map(([key, value]) => part(key, value)).join("");
}

/** Sorted, since the order of keys means nothing. */
function part(key: string, value: unknown): string {
  return stringify({ [key]: value }, { sortMapEntries: true, lineWidth: 0, compat: "yaml-1.1" });
}
