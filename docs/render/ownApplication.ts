import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../foundation/folders.ts";

const folder = join(projectRoot, "test", "foreign", "environment");
const listings: Record<string, string> = { project: "Pulumi.yaml", program: "index.ts" };
const languages: Record<string, string> = { project: "yaml", program: "ts" };

/** A file of the environment of the stranger's application. */
export function listing(name: string): string {
  const file = listings[name];
  if (file === undefined) throw new Error(`there is no listing ${name}`);
  return `\`\`\`${languages[name] ?? ""}\n${readFileSync(join(folder, file), "utf8").trimEnd()}\n\`\`\``;
}

/** What installs the package, with the versions of Pulumi's SDKs that are tested. */
export function installation(): string {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const sdks = Object.entries(dependencies).filter(([name]) => name.startsWith("@pulumi/"));
  const packages = sdks.map(([name, version]) => `${name}@${version}`).join(" ");
  const lines = [
    "$ mkdir environment && cd environment",
    "$ printf 'node_modules/\\nPulumi.*.yaml\\n' >.gitignore",
    "$ npm init --yes && npm pkg set type=module",
    `$ npm install --save-dev dynamic-environments ${packages}`,
  ];
  return `\`\`\`console\n${lines.join("\n")}\n\`\`\``;
}
