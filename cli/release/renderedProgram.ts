import { join } from "node:path";
import { execa } from "#bundled/execa";
import { Failure } from "../../foundation/failure.ts";
import type { ReleaseLock } from "../../foundation/releaseLock.ts";
import { projectRoot } from "../../foundation/folders.ts";
import { lastLine } from "../../foundation/work.ts";
import { placeholderOf } from "../../rendering/secretsScript.ts";
import type { Rendered, RenderingAnswer, RenderingRequest } from "../../rendering/request.ts";
import { programFolder } from "../pulumi/programFolder.ts";
import { programEntry, pulumiProject, settingsOf, type StackSettings } from "../pulumi/pulumiProject.ts";

/** What is rendered: a stack, with settings of the command line, variables, and the images of an environment. */
export interface Wanted {
  stack: string;
  given: string[];
  env: Record<string, string>;
  images?: Record<string, string>;
  withoutHash?: boolean;
  other?: ReleaseLock | undefined;
  signal: AbortSignal;
}

/** Logins of nobody: whether there is one changes what is deployed, but not what it is. */
const nobody = {
  CI_REGISTRY: "registry.invalid",
  CI_REGISTRY_USER: "nobody",
  CI_REGISTRY_PASSWORD: "none",
};

/** What the program here would deploy to a stack. @throws where it cannot be said, with what the program itself says. */
export async function renderedProgram({
  stack,
  given,
  env,
  images,
  withoutHash = false,
  other,
  signal,
}: Wanted): Promise<Rendered> {
  const folder = programFolder();
  const entry = programEntry(folder);
  if (entry === undefined)
    throw new Failure(
      "usage",
      `${folder} has no index.ts: a release is made of a program in TypeScript or JavaScript that calls preview()`,
    );
  const request: RenderingRequest = {
    ...{ folder, entry, project: pulumiProject(folder), stack },
    config: withPlaceholders(settingsOf(stack, given, folder)),
    ...(images && { images }),
    ...{ withoutHash, ...(other && { other }) },
  };
  const { exitCode, stdio, stderr } = await execa(process.execPath, [...nodeOptions, ...program()], {
    cwd: folder,
    input: JSON.stringify(request),
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    env: { ...nobody, ...env },
    ...{ reject: false, cancelSignal: signal, buffer: true },
  });
  signal.throwIfAborted();
  const text = stdio[3];
  if (text === "")
    throw new Failure(
      "broken",
      `the program in ${folder} cannot be rendered (${exitCode === undefined ? "it was ended" : `exit code ${String(exitCode)}`}): ${lastLine(stderr)}`,
    );
  const answer = JSON.parse(text) as RenderingAnswer;
  if ("rendered" in answer) return answer.rendered;
  throw new Failure(answer.isOfCaller ? "usage" : "broken", answer.error);
}

/** Settings with what stands for those that only who has the passphrase knows. */
function withPlaceholders({ texts, encrypted }: StackSettings): Record<string, string> {
  const hidden = encrypted.map((key) => [key, key.endsWith(":pullLogins") ? noLogin : placeholderOf(key)]);
  return { ...texts, ...(Object.fromEntries(hidden) as Record<string, string>) };
}

const noLogin = JSON.stringify({ auths: { "registry.invalid": { auth: "bm9ib2R5Om5vbmU=" } } });

/** A program in TypeScript runs as it is, with all that its language has. */
const nodeOptions = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"];

function program(): string[] {
  const isBuilt = import.meta.filename.endsWith(".js");
  const tuned = isBuilt ? join("js", "tuning.js") : join("tuning", "lazyModules.ts");
  const main = isBuilt ? join("js", "render.js") : join("rendering", "main.ts");
  return ["--import", join(projectRoot, tuned), join(projectRoot, main)];
}
