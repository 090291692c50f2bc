import { basename } from "node:path";
import { parse } from "yaml";
import { secretsFile } from "../../rendering/files.ts";
import type { Manifest } from "../../rendering/manifest.ts";

/** Objects as the branch `stable` has them of an environment: Secrets with their keys alone. @param files texts by their paths. */
export function recordedManifests(files: Record<string, string>): Manifest[] {
  return Object.entries(files).flatMap(([path, text]) => {
    if (basename(path) === secretsFile) return secretsIn(text);
    return path.endsWith(".yaml") ? [parse(text, { version: "1.1" }) as Manifest] : [];
  });
}

/** The Secrets that a script makes, each in a line of its own. */
function secretsIn(script: string): Manifest[] {
  return script.split("\n").flatMap((line) => {
    const [create = [], ...marks] = line.split(" | ").map(wordsOf);
    if (create[0] !== "kubectl" || create[3] !== "generic") return [];
    const option = (name: string) =>
      create.flatMap((word) => (word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []));
    const keys = option("from-file").map((file) => file.split("=")[0] ?? "");
    const [type] = option("type");
    const marked = (verb: string) =>
      Object.fromEntries(
        marks
          .filter((words) => words[1] === verb)
          .flatMap((words) => words.slice(5).map((pair) => halves(pair))),
      );
    const metadata = {
      name: create[4] ?? "",
      namespace: create[create.indexOf("--namespace") + 1] ?? "",
      labels: marked("label"),
      annotations: marked("annotate"),
    };
    const stringData = Object.fromEntries(keys.map((key) => [key, ""]));
    return [{ apiVersion: "v1", kind: "Secret", metadata, ...(type && { type }), stringData }];
  });
}

function halves(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** Words of a command of a script that this project wrote. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:'(?:[^']|'\\'')*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll("'\\''", "\0").replaceAll(/['"]/g, "").replaceAll("\0", "'"),
  );
}
