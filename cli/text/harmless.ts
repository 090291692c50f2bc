import type { Mask } from "./mask.ts";
import { visible } from "../../components/model/index.ts";

/** A text as it may be shown: without secrets, and without what terminals and CI systems act upon. */
export function harmless(text: string, mask: Mask): string {
  return defused(mask.text(printable(text)));
}

/** Something as JSON that may be shown; to those who parse it, only secrets look different. */
export function harmlessJson(value: unknown, mask: Mask): string {
  return defused(printable(JSON.stringify(mask.object({ value }).value, null, 2)));
}

/** A text in lines that a terminal shows as they are: without colours, and with what else it would act upon written out. */
export function printable(text: string): string {
  return visible(text.replace(/\r\n?/g, "\n").replace(colour, ""));
}

const colour = /\u001b\[[\d;:]{0,40}m/g;

/**
 * A text in which the runner of a CI system finds no command, since one character of each is written in another way: as
 * JSON would write it, so that JSON stays the same JSON.
 */
export function defused(text: string, written = asInJson): string {
  return text.replace(command, written);
}

function asInJson(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}

/**
 * GitHub's runner takes `##[` anywhere in a line, and `::` after its leading blanks; Azure's and TeamCity's take `##vso[`
 * and `##teamcity[`; GitLab and Travis have sections. Buildkite's groups begin in the first column of a line, where
 * nothing of others is written.
 */
const command =
  /#(?=#\w*\[)|(?<=^[^\S\n]*):(?=:.*::)|_(?<=section_)(?=(?:start|end):\d)|_(?<=travis_)(?=fold:|time:)/gm;
