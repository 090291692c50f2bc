import type { Manifest } from "./manifest.ts";

/** A secret text that is known where an environment is made: the name of the shell variable that has it. */
export interface SecretVariable {
  name: string;
  /** Whether any text does, so that one is generated where none is given. */
  isGenerated: boolean;
}

/** Marks that stand for a variable's text within others; hardly any text has these characters. */
const [begin, end] = ["\uE000", "\uE001"];
/** A name of any other form would be code where a shell reads it. */
const placeholder = new RegExp(`${begin}(=?[A-Z_][A-Z0-9_]*)${end}`);

/** What stands for a secret in objects that nobody's secrets enter. @param generated whether any text does. */
export function placeholderOf(name: string, generated = false): string {
  return `${begin}${generated ? "=" : ""}${shellName(name)}${end}`;
}

/** Whether a text has one of these in it, so that nobody knows what it is where it is used. */
export function hasPlaceholder(text: string): boolean {
  return placeholder.test(text);
}

const shebang = "#!/bin/sh";
const beginning = "# Makes the namespace ";

/** Name of a variable that a shell takes: `catalogue-db` becomes `CATALOGUE_DB`. */
function shellName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase();
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

/**
 * A script that makes the Secrets of an environment from variables, in its namespace, which it makes first. Values are passed in
 * files that nobody else may read: a process's arguments are seen by all.
 * @param secrets with placeholders in their texts.
 */
export function secretsScript(namespaceFile: string, namespace: string, secrets: Manifest[]): string {
  const entries = secrets.map((secret) => ({ secret, texts: textsOf(secret) }));
  const all = entries.flatMap(({ texts }) => Object.values(texts).flatMap(variablesIn));
  const unique = [...new Map(all.map((one) => [one.name, one])).values()].sort((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  return [
    shebang,
    `${beginning}${namespace} and the Secrets that its pods need, before kubectl creates all else.`,
    ...(unique.length === 0 ? [] : ["# Takes their texts from variables:"]),
    ...unique.map(
      ({ name, isGenerated }) => `#   ${name}${isGenerated ? ", generated where it is not set" : ""}`,
    ),
    "set -eu",
    'cd "$(dirname "$0")"',
    "umask 077",
    ...unique.map(required),
    "texts=$(mktemp -d)",
    `trap 'rm -rf "$texts"' EXIT`,
    `kubectl create -f ${quoted(namespaceFile)}`,
    ...entries.flatMap(({ secret, texts }) => creation(secret, texts, namespace)),
    "",
  ].join("\n");
}

/** Whether a text may be such a script. */
export function isSecretsScript(text: string): boolean {
  return text.startsWith(`${shebang}\n${beginning}`);
}

function required({ name, isGenerated }: SecretVariable): string {
  if (!isGenerated) return `: "\${${name}:?is the text of a secret: set it}"`;
  return `${name}=\${${name}:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')}`;
}

function textsOf(secret: Manifest): Record<string, string> {
  const { type, stringData = {} } = secret as Manifest & {
    type?: string;
    stringData?: Record<string, string>;
  };
  if (type !== "kubernetes.io/dockerconfigjson") return stringData;
  // Logins are encoded within it: all of it is one text.
  const whole = placeholderOf(`${secret.metadata.name}-docker-config`);
  return Object.fromEntries(Object.keys(stringData).map((key) => [key, whole]));
}

function variablesIn(text: string): SecretVariable[] {
  return [...text.matchAll(new RegExp(placeholder, "g"))].map(([, name = ""]) => ({
    name: name.replace("=", ""),
    isGenerated: name.startsWith("="),
  }));
}

function creation(secret: Manifest, texts: Record<string, string>, namespace: string): string[] {
  const { name, labels = {}, annotations = {} } = secret.metadata;
  const { type } = secret as Manifest & { type?: string };
  const keys = Object.keys(texts).sort();
  const from = keys.map((key) => `--from-file=${quoted(key)}="$texts"/${quoted(key)}`);
  const steps = [
    `kubectl create secret generic ${quoted(name)} --namespace ${quoted(namespace)} ${type === undefined ? "" : `--type=${quoted(type)} `}${from.join(" ")} --dry-run=client --output=yaml`,
    ...marked("label", labels),
    ...marked("annotate", annotations),
    "kubectl create -f -",
  ];
  return [
    ...keys.map((key) => `printf %s ${shellText(texts[key] ?? "")} >"$texts"/${quoted(key)}`),
    steps.join(" | "),
  ];
}

function marked(verb: string, marks: Record<string, string>): string[] {
  const pairs = Object.entries(marks).map(([key, value]) => quoted(`${key}=${value}`));
  return pairs.length === 0 ? [] : [`kubectl ${verb} --local --filename=- --output=yaml ${pairs.join(" ")}`];
}

/** A text for a shell, with its variables in the place of what stands for them. */
function shellText(text: string): string {
  const parts = text.split(new RegExp(placeholder, "g"));
  return parts
    .map((part, index) =>
      index % 2 === 0 ? (part === "" ? "" : quoted(part)) : `"$${part.replace("=", "")}"`,
    )
    .join("");
}

function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
