import { visible } from "../../components/model/index.ts";
import { printable } from "./harmless.ts";

/** A shorter one is not a secret, and would hide parts of words. */
export const shortest = 6;

/** A secret in all forms that logs, errors and objects show it in; of one with several lines each line, too, however they end. */
export function secretForms(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/);
  const texts = new Set([secret, printable(secret), ...lines].map((text) => text.trim()));
  const forms = [...texts]
    .filter(({ length }) => length >= shortest)
    .flatMap((text) => [...new Set([text, visible(text)])].flatMap(formsOf));
  return [...new Set(forms)].filter(({ length }) => length >= shortest);
}

/**
 * A text itself, in JSON, twice in JSON, as XML, a shell and a URL have it, in hexadecimal digits, and within a text in
 * base64.
 */
function formsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const hex = Buffer.from(text).toString("hex");
  const urls = urlForms(text);
  const whole = Buffer.from(text).toString("base64");
  return [
    ...[text, json, JSON.stringify(json).slice(1, -1), ...otherJson(json), ...xmlForms(text)],
    text.replaceAll("'", String.raw`'\''`),
    // As `base64` and mail wrap it.
    ...[76, 64].flatMap((width) => whole.match(new RegExp(`.{${String(width)}}`, "g")) ?? []),
    ...[...urls, ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()))],
    ...[hex, hex.toUpperCase()],
    whole,
    ...[text, json].flatMap((one) => [0, 1, 2].flatMap((offset) => base64At(one, offset))),
  ];
}

/** Escaped as Go, PHP and Python do it. */
function otherJson(json: string): string[] {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const ascii = json.replace(/[^ -~]/g, escape);
  return [json.replace(/[<>&\u2028\u2029]/g, escape), json.replaceAll("/", String.raw`\/`), ascii];
}

/** With the names of characters, and with their numbers. */
function xmlForms(text: string): string[] {
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [
    plain,
    plain.replaceAll('"', "&quot;").replaceAll("'", "&apos;"),
    plain.replaceAll('"', "&#34;").replaceAll("'", "&#39;"),
    plain.replaceAll('"', "&quot;").replaceAll("'", "&#x27;"),
  ];
}

/** Half of a character has no form in a URL. */
function urlForms(text: string): string[] {
  const url = encodeURIComponent(text.toWellFormed());
  // Other encoders leave fewer characters, or more, as they are.
  const strict = url.replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [
    url,
    url.replaceAll("%20", "+"),
    encodeURI(text.toWellFormed()),
    strict,
    strict.replaceAll("%20", "+"),
  ];
}

/** What is the same in the base64 of every text that has this one at such an offset. */
function base64At(text: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const begin = Math.ceil((offset * 4) / 3);
  const end = Math.floor((bytes.length * 4) / 3);
  return (["base64", "base64url"] as const).map((encoding) => bytes.toString(encoding).slice(begin, end));
}
