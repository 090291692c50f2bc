import { code, link } from "../text/markdown.ts";
import { isAbout, markerOf, type Subject } from "./marker.ts";

/** How far an environment is, as its merge request tells it. */
export const stages = ["building", "ready", "failed", "removed"] as const;
export type Stage = (typeof stages)[number];

/** What a comment says of an environment that is not removed. All texts may be anybody's, but without secrets. */
export interface Told {
  stage: Exclude<Stage, "removed">;
  commit: string;
  /** Addresses outside of the cluster, by the services' names. */
  urls: ReadonlyMap<string, string>;
  /** Until when it may exist; absent: nobody can tell. */
  expires?: string;
  /** Why it failed, in one sentence. */
  cause?: string;
  /** Name of the file with objects, events and logs; absent: there is none. */
  dossier?: string;
  /** Address of the run of the CI system that tells it; absent: none does. */
  run?: string | undefined;
}

const removed = "**The environment was removed**";
const failed = "**The environment failed**";
/** Begins the line that says where the dossier is. */
const kept = "What was found is in ";

/** The most addresses that are told. */
const most = 50;

/** The comment that tells it. */
export function commentText(subject: Subject, told: Told): string {
  const { commit, urls, expires, run } = told;
  const version = code(commit.slice(0, 12));
  const seen = run === undefined ? "" : ` (${link(run, "the run")})`;
  const stay =
    expires === undefined ? [] : [`It stays until ${code(expires)}, or longer if it is deployed again.`];
  const paragraphs = {
    building: [`**The environment is being built** for commit ${version}${seen}.`],
    ready: [`**The environment is ready** with commit ${version}${seen}.`, ...addresses(urls), ...stay],
    failed: [...failure(told, version, seen), ...(urls.size > 0 ? addresses(urls) : [])],
  };
  return [markerOf(subject), ...paragraphs[told.stage]].join("\n\n");
}

function failure({ cause = "", dossier }: Told, version: string, seen: string): string[] {
  const where = dossier === undefined ? [] : [`${kept}${code(dossier)}, among the artifacts of the run.`];
  return [`${failed} with commit ${version}${seen}: ${code(cause)}`, ...where];
}

function addresses(urls: ReadonlyMap<string, string>): string[] {
  if (urls.size === 0) return ["It has no address outside of the cluster."];
  const items = [...urls].map(([service, url]) => `- ${code(service)}: ${link(url)}`);
  const more = items.length > most ? [`- and ${String(items.length - most)} more`] : [];
  return [[...items.slice(0, most), ...more].join("\n")];
}

/**
 * A comment after its environment was removed: when, and what had failed before, which would be known nowhere else.
 * @returns nothing for one about another environment, as a newer commit's, and for one that says so already.
 */
export function removedText(before: string, subject: Subject, at: string): string | undefined {
  if (!isAbout(before, subject)) return undefined;
  const lines = before.split(/\r?\n/).slice(1);
  if (lines.some((line) => line.startsWith(removed))) return undefined;
  const past = lines.filter((line) => line.startsWith(failed) || line.startsWith(kept));
  return [markerOf(subject), `${removed} at ${code(at)}.`, ...past].join("\n\n");
}
