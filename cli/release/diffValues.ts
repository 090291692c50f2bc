import { cutMark } from "../../components/model/index.ts";

/** What stands for a value that is not there. */
export const absent = "-";

/** A value as a person reads it, whole: texts as they are, all else as JSON. */
export function wholeText(value: unknown): string {
  if (value === undefined) return absent;
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = value !== "" && value !== absent && value.trim() === value && !/[\r\n\t]/.test(value);
  return isPlain ? value : JSON.stringify(value);
}

/** How much of two long texts is shown before that in which they differ. */
const before = 12;

/** Two values in one line each, of which long ones are cut to where they differ. */
export function shortTexts(from: unknown, to: unknown, width: number): [string, string] {
  const [one, other] = [wholeText(from), wholeText(to)].map((text) => text.replace(digest, "$1")) as [
    string,
    string,
  ];
  const [first, second] = one === other ? [wholeText(from), wholeText(to)] : [one, other];
  const isLong = Math.max(first.length, second.length) > width;
  const common = isLong ? commonStart(first, second) : 0;
  const start = common > before * 2 ? common - before : 0;
  return [cut(first, start, width), cut(second, start, width)];
}

/** As much of a digest as tells it from others. */
const digest = /(sha256:[0-9a-f]{12})[0-9a-f]{52}/g;

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one[length] === other[length]) length++;
  return length;
}

function cut(text: string, start: number, width: number): string {
  if (text === absent || (start === 0 && text.length <= width)) return text;
  const begin = start === 0 ? "" : cutMark;
  const room = width - begin.length;
  const rest = text.slice(start);
  return rest.length <= room ? `${begin}${rest}` : `${begin}${rest.slice(0, room - 1)}${cutMark}`;
}
