import { existsSync } from "node:fs";
import { isStackName, named, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import {
  parseLock,
  readLock,
  type ReleaseLock,
  requireProject,
  versionForm,
} from "../../foundation/releaseLock.ts";
import { secretSettings } from "../../foundation/secretSettings.ts";
import { settingNamespace } from "../../foundation/settingNamespace.ts";
import { settingsOf, stackFileOf } from "../pulumi/pulumiProject.ts";
import { ownProject } from "../environment/identity.ts";
import type { Manifest } from "../../rendering/manifest.ts";
import { recordedManifests } from "./recordedManifests.ts";
import { type RecordedSettings, settingsFile } from "./recordedSettings.ts";
import { lockPath, lockTextOf, stableBranch, type StableBranch } from "./stableBranch.ts";

/** A release that is compared, by itself. */
export interface LockSide {
  kind: "release";
  /** As it was named. */
  name: string;
  lock: ReleaseLock;
}

/** A standing environment, as its stack's file and the branch `stable` tell of it. */
export interface StackSide {
  kind: "stack";
  name: string;
  /** What it runs; absent where its last deployment was no release. */
  lock: ReleaseLock | undefined;
  /** Commit that it was made of, and when that was deployed, as ISO 8601 says it. */
  commit: string;
  deployed: string;
  /** Of the stack's file, by their whole names, without secrets; of those that are encrypted, that they are. */
  settings: Record<string, string>;
  recorded: RecordedSettings;
  /** Whether the stack's file is here; else the settings are the recorded ones. */
  hasFile: boolean;
  /** Its objects as the branch has them; of one that runs a release, none. */
  manifests: Manifest[];
}

export type Side = LockSide | StackSide;

/** In place of the value of a setting that only who has the passphrase knows. */
export const encryptedText = "(encrypted)";

/** What somebody names: a stack, the version of a release, or the file of its lock. @throws where it is none of them. */
export async function sideOf(name: string, branch: StableBranch): Promise<Side> {
  if (/[/\\]|[.]json$/.test(name)) return lockSide(name, readLock(name));
  const told = await branch.lastAbout("Environment", name);
  if (told !== undefined) return stackSide(name, told, branch);
  const text = versionForm.schema.safeParse(name).success ? await branch.read(lockPath(name)) : undefined;
  if (text !== undefined) return lockSide(name, parseLock(text, `release ${name}`));
  if (isStackName(name) && existsSync(stackFileOf(name))) throw neverDeployed(name, branch);
  if (existsSync(name)) return lockSide(name, readLock(name));
  throw await unknown(name, branch);
}

function lockSide(name: string, lock: ReleaseLock): LockSide {
  requireProject(lock, ownProject());
  return { kind: "release", name, lock };
}

async function stackSide(
  name: string,
  told: Record<string, string>,
  branch: StableBranch,
): Promise<StackSide> {
  const { Release: version, "Source-commit": commit = "", At: deployed = "" } = told;
  const lock =
    version === undefined ? undefined : parseLock(await lockTextOf(branch, version), `release ${version}`);
  if (lock !== undefined) requireProject(lock, ownProject());
  const recorded = recordedIn(name, await branch.read(`${name}/${settingsFile}`));
  const hasFile = existsSync(stackFileOf(name));
  const manifests = lock === undefined ? recordedManifests(await branch.readAll(name)) : [];
  const settings = hasFile ? openSettings(name) : recorded.settings;
  return { kind: "stack", name, lock, commit, deployed, settings, recorded, hasFile, manifests };
}

/** Older deployments recorded nothing. */
function recordedIn(name: string, text: string | undefined): RecordedSettings {
  if (text === undefined) return { settings: {}, variables: {} };
  try {
    return JSON.parse(text) as RecordedSettings;
  } catch {
    throw new Failure(
      "broken",
      `${name}/${settingsFile} on the branch ${stableBranch} is no JSON: deploy ${name} again, which writes it anew`,
    );
  }
}

function openSettings(stack: string): Record<string, string> {
  const { texts, encrypted } = settingsOf(stack, []);
  const secrets = Object.keys(secretSettings).map((key) => `${settingNamespace}:${key}`);
  const hidden = [...encrypted, ...secrets.filter((key) => key in texts)];
  return { ...texts, ...Object.fromEntries(hidden.map((key) => [key, encryptedText])) };
}

/** Settings of a stack's file that are not those that it was deployed with, by their whole names. */
export function changedSince({ hasFile, settings, recorded }: StackSide): string[] {
  if (!hasFile || Object.keys(recorded.settings).length === 0) return [];
  const names = [...new Set([...Object.keys(settings), ...Object.keys(recorded.settings)])];
  return names
    .filter((name) => settings[name] !== encryptedText && settings[name] !== recorded.settings[name])
    .sort();
}

function neverDeployed(stack: string, branch: StableBranch): Failure {
  if (branch.isEmpty) return noBranch(`what the stack ${stack} runs`);
  return new Failure(
    "usage",
    `stack ${stack} was never deployed, says the branch ${stableBranch}: deploy a release to it by \`dynenv up --stack ${stack} --from-lock VERSION\``,
  );
}

function noBranch(what: string): Failure {
  return new Failure(
    "usage",
    `there is no branch ${stableBranch} yet, so that nobody can say ${what}: make a release by \`dynenv release VERSION\``,
  );
}

async function unknown(name: string, branch: StableBranch): Promise<Failure> {
  if (branch.isEmpty) return noBranch(`what ${named(name)} is`);
  const files = await branch.list("releases");
  const versions = files.flatMap((path) => /^releases\/(.+)[.]lock[.]json$/.exec(path)?.[1] ?? []);
  const stacks = new Set((await branch.history()).flatMap(({ Environment: stack }) => stack ?? []));
  const all = [...[...stacks].sort(), ...versions];
  return new Failure(
    "usage",
    `${shown(name)} is neither a stack nor a release: the branch ${stableBranch} knows ${all.join(", ")}; name one of them, or the file of a lock`,
  );
}
