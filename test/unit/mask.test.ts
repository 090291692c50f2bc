import type { V1Secret } from "#bundled/kubernetes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mask } from "../../cli/mask.ts";
import "./seed.ts";

const secret = fc
  .string({ unit: "grapheme", minLength: 8, maxLength: 40 })
  .filter((text) => text.trim() === text && text.length >= 8);
const before = fc.string({ maxLength: 10 });

/** Ways in which logs, errors and objects show a text. */
const shown: Record<string, (text: string, prefix: string) => string> = {
  plain: (text) => text,
  JSON: (text) => JSON.stringify({ password: text }),
  "JSON in JSON": (text) => JSON.stringify(JSON.stringify({ password: text })),
  URL: (text) => `https://ci:${encodeURIComponent(text)}@registry`,
  form: (text) => `password=${encodeURIComponent(text).replaceAll("%20", "+")}`,
  hexadecimal: (text) => Buffer.from(text).toString("hex"),
  base64: (text) => Buffer.from(text).toString("base64"),
  "base64 of a login": (text, prefix) => Buffer.from(`${prefix}:${text}`).toString("base64"),
  "base64 of a docker config": (text, prefix) =>
    Buffer.from(JSON.stringify({ auths: { [prefix]: { username: "ci", password: text } } })).toString(
      "base64",
    ),
  "base64 for URLs": (text, prefix) => Buffer.from(prefix + text).toString("base64url"),
};

describe("a mask", () => {
  it.each(Object.entries(shown))("hides a secret that is shown as %s", (_name, show) => {
    fc.assert(
      fc.property(secret, before, fc.string(), (text, prefix, rest) => {
        const form = show(text, prefix);
        const masked = new Mask().add(text).text(`${prefix}${form}${rest}`);
        expect(masked).toContain("***");
        expect(masked).not.toContain(text);
        expect(masked).not.toContain(form);
      }),
    );
  });

  it("hides each line of a secret with several", () => {
    const key =
      "-----BEGIN KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1d\nTTG5dRsnmaYMkBAGKVxwWTvJ\n-----END KEY-----\n";
    const mask = new Mask().add(key);
    for (const line of key.trim().split("\n")) expect(mask.text(`log: ${line}.`)).toBe("log: ***.");
    expect(mask.text(JSON.stringify({ key }))).toBe('{"key":"***\\n"}');
  });

  it("takes in what a Secret holds, and the passwords of logins in it", () => {
    const auth = Buffer.from("ci:s3cr3t-pass").toString("base64");
    const config = JSON.stringify({ auths: { registry: { username: "ci", password: "s3cr3t-pass", auth } } });
    const data = { ".dockerconfigjson": Buffer.from(config).toString("base64") };
    const object: unknown = { data };
    const mask = new Mask();
    mask.addSecret(object as V1Secret);
    for (const text of [config, "s3cr3t-pass", auth, data[".dockerconfigjson"]])
      expect(mask.text(`<${text}>`)).toBe("<***>");
  });

  it("takes in variables that are called secret, and leaves other words alone", () => {
    const mask = Mask.ofVariables({
      ...{ CI_REGISTRY_PASSWORD: "s3cr3t-pass", KUBE_TOKEN: "t0ken-t0ken" },
      ...{ PULUMI_CONFIG_PASSPHRASE_FILE: "/run/passphrase", SHORT_KEY: "true", HOME: "/home/person" },
    });
    expect(mask.text("s3cr3t-pass t0ken-t0ken true /run/passphrase /home/person")).toBe(
      "*** *** true /run/passphrase /home/person",
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(new Mask().add("", "short").text(text)).toBe(text);
      }),
    );
  });

  it("hides secrets in objects, also one that is added later", () => {
    const mask = new Mask().add("s3cr3t-pass");
    const object = { status: { message: 'wrong password "s3cr3t-pass" of other-s3cret' } };
    expect(mask.object(object)).toEqual({ status: { message: 'wrong password "***" of other-s3cret' } });
    expect(mask.object(object)).toBe(mask.object(object));
    mask.add("other-s3cret");
    expect(mask.object(object)).toEqual({ status: { message: 'wrong password "***" of ***' } });
  });
});
