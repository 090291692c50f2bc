/** Ends what was cut. A mask looks for it: the text before it may be the beginning of a secret. */
export const cutMark = "…";

/** The most characters of a value that a message repeats. */
const longest = 80;

/**
 * What misleads a terminal or a reader: control characters other than tab and newline, line separators, marks that turn
 * the direction of text, and characters without width; within emoji these are as they should be.
 */
const misleading =
  /(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic}))[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\t\n\ufe0e\ufe0f]]/gv;

/** A text with its misleading characters written as JSON would: `\u001b`. */
export function visible(text: string): string {
  return text.replace(misleading, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/**
 * A name, a key or a path as a message repeats it: as it is where no word of the sentence could be mistaken for it, else
 * like any value.
 */
export function named(name: string): string {
  return /^[\w.,:;/@+~=-]{1,255}$/.test(name) ? name : shown(name);
}

/** A value as a message repeats it: as JSON in one line; of a long one the beginning and how long it is. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  const json = visible(jsonOf(value));
  return json.length <= longest ? json : `${beginning(json)}${cutMark} (${String(json.length)} characters)`;
}

function quoted(text: string): string {
  const json = visible(JSON.stringify(text.slice(0, longest + 1)));
  if (text.length <= longest && json.length <= longest + 2) return json;
  return `${beginning(json)}${cutMark}" (${String(text.length)} characters)`;
}

/** As much as there is room for, without a part of an escape or of a character at its end. */
function beginning(json: string): string {
  const parts = json.slice(0, 2 * longest).match(/\\u[0-9a-f]{4}|\\.|[^\\]/gu) ?? [];
  let text = "";
  for (const part of parts) {
    if (text.length + part.length > longest) break;
    text += part;
  }
  return text;
}

function jsonOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    // What has no form in JSON, such as a function, gives nothing, whatever the types say.
    const json: unknown = JSON.stringify(value);
    return typeof json === "string" ? json : String(value);
  } catch {
    return "an object that has no form in JSON";
  }
}
