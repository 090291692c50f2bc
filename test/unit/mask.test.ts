import type { V1Secret } from "#bundled/kubernetes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mask } from "../../cli/text/mask.ts";
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

  it("takes in what lies within a Secret's values, in the forms in which others write it", () => {
    const values = {
      dsn: "app:DsnPw-S3cret@tcp(db:3306)/x",
      properties: "db.user=app\ndb.password=PropPw-S3cret\n",
      connection: "AccountName=shop;AccountKey=AccKey-S3cret==;Suffix=x",
      yaml: "user: app\npassword: 'YamlPw-S3cret'\n",
      json: "p&ss<word>\"99'/ä",
    };
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    );
    const object: unknown = { data };
    const mask = new Mask();
    mask.addSecret(object as V1Secret);
    for (const text of [
      ...["DsnPw-S3cret", "PropPw-S3cret", "AccKey-S3cret==", "YamlPw-S3cret"],
      String.raw`p\u0026ss\u003cword\u003e\"99'/ä`,
      String.raw`p&ss<word>\"99'\/ä`,
      String.raw`p&ss<word>\"99'/\u00e4`,
      "p&amp;ss&lt;word&gt;&quot;99&apos;/ä",
      "p&amp;ss&lt;word&gt;&#34;99&#39;/ä",
      String.raw`p&ss<word>"99'\''/ä`,
    ])
      expect(mask.text(`<${text}>`)).toBe("<***>");
    expect(mask.text("app shop Suffix=x")).toBe("app shop Suffix=x");
  });

  it("learns a file of many lines that begin alike in a moment", () => {
    const rows = Array.from(
      { length: 10_000 },
      (_, index) => `INSERT INTO users VALUES (${String(index)}, "u");`,
    );
    const object: unknown = { data: { sql: Buffer.from(rows.join("\n")).toString("base64") } };
    const { user: before } = process.cpuUsage();
    const mask = new Mask();
    mask.addSecret(object as V1Secret);
    expect(mask.text(`${rows[4711] ?? ""} INSERT INTO users`)).toBe("*** INSERT INTO users");
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(10);
  });

  it("takes in the password in a URL that a Secret holds", () => {
    const url = "postgres://shop:s3cr3t-pass@db:5432/shop";
    const mask = new Mask();
    const object: unknown = { data: { URL: Buffer.from(url).toString("base64") } };
    mask.addSecret(object as V1Secret);
    expect(mask.text("login shop with s3cr3t-pass failed")).toBe("login shop with *** failed");
  });

  it("takes in variables that are called secret, and leaves other words alone", () => {
    const variables = {
      ...{ CI_REGISTRY_PASSWORD: "s3cr3t-pass", KUBE_TOKEN: "t0ken-t0ken", MYSQL_PWD: "mysql-pwd" },
      ...{
        DB_PASS: "database-pass",
        GH_PAT: "ghp_123456",
        BASIC_AUTH: "ci:basic-auth",
        npm_token: "/slash+token=",
      },
      ...{ AWS_CREDENTIALS: "aws-credentials", AUTHORIZATION: "Bearer abc", X_SIG: "signature" },
    };
    const others = {
      ...{ SHORT_KEY: "enabled", HOME: "/home/person", PWD: "/work", CI_COMMIT_AUTHOR: "Ada Lovelace" },
      ...{ SSH_KEY_FILE: import.meta.filename, PATH: "/usr/local/bin:/bin", KUBE_CONTEXT: "production" },
    };
    const mask = Mask.ofVariables({ ...variables, ...others });
    for (const value of Object.values(variables)) expect(mask.text(`<${value}>`)).toBe("<***>");
    for (const value of Object.values(others)) expect(mask.text(`<${value}>`)).toBe(`<${value}>`);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(new Mask().add("", "short").text(text)).toBe(text);
      }),
    );
  });

  it("takes in what is secret within variables: in JSON, and in URLs of any scheme", () => {
    const auth = Buffer.from("ci:login-pass").toString("base64");
    const mask = Mask.ofVariables({
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "r.example.com": { auth } } }),
      GOOGLE_CREDENTIALS: JSON.stringify({
        type: "service_account",
        private_key: "-----BEGIN-----\nMIIEvQIBADANBg\n",
      }),
      PULUMI_BACKEND_URL: "postgres://u:p%40ss%2Fword@127.0.0.1:1/db",
      HTTPS_PROXY: "http://person:wrong/p@ss@proxy:3128",
      GIT_REMOTE: "https://ghp_0123456789@github.com/a/b",
    });
    const said =
      `${auth} login-pass r.example.com MIIEvQIBADANBg service_account ` +
      "p@ss/word p%40ss%2Fword wrong/p@ss ghp_0123456789 127.0.0.1";
    expect(mask.text(said)).toBe("*** *** r.example.com *** service_account *** *** *** *** 127.0.0.1");
  });

  it.each([
    ["postgres://u:PW@127.0.0.1:1/db", "postgres://***@127.0.0.1:1/db"],
    ["(s3://KEY:a%2Fb@host/x?y=1)", "(s3://***@host/x?y=1)"],
    ['Get "https://token@h/v2/": EOF', 'Get "https://***@h/v2/": EOF'],
    [`${"x".repeat(99)}https://u:PW@h/`, `${"x".repeat(99)}https://***@h/`],
    ["mongodb+srv://a:b@h, redis://:pw@h", "mongodb+srv://***@h, redis://***@h"],
    [
      "https://h/a?X-Amz-Credential=AKIA/x&X-Amz-Signature=abc&n=1",
      "https://h/a?X-Amz-Credential=***&X-Amz-Signature=***&n=1",
    ],
    [
      String.raw`"https://h/a?sv=1\u0026sig=a%2Bb\u0026n=1"`,
      String.raw`"https://h/a?sv=1\u0026sig=***\u0026n=1"`,
    ],
    ["https://h/?access_token=x#a", "https://h/?access_token=***#a"],
    ["https://h/@scope/pkg@1.2.3?design=1&page=2", "https://h/@scope/pkg@1.2.3?design=1&page=2"],
    ["git@github.com:a/b.git a://b", "git@github.com:a/b.git a://b"],
  ])("hides logins in URLs: %s", (text, expected) => {
    expect(new Mask().text(text)).toBe(expected);
  });

  it("hides the beginning of a secret that was cut off", () => {
    const mask = new Mask().add("s3cr3t-pass-word");
    expect(mask.text('is "s3cr3t-pass…" (90 characters)')).toBe('is "***…" (90 characters)');
    expect(mask.text("a s3c… and s3cr3t-… s3cr3t-")).toBe("a s3c… and ***… s3cr3t-");
  });

  it("hides all of secrets that overlap", () => {
    expect(new Mask().add("abcdefgh", "efghijkl", "fghi-xyz").text("-abcdefghijkl-")).toBe("-***-");
  });

  it("hides the password that a database's image makes up", () => {
    const line = "[Note] [Entrypoint]: GENERATED ROOT PASSWORD: hunter2 abc";
    expect(new Mask().text(line)).toBe("[Note] [Entrypoint]: GENERATED ROOT PASSWORD: *** abc");
  });

  it("hides secrets in objects, also one that is added later", () => {
    const mask = new Mask().add("s3cr3t-pass");
    const object = { status: { message: 'wrong password "s3cr3t-pass" of other-s3cret' } };
    expect(mask.object(object)).toEqual({ status: { message: 'wrong password "***" of other-s3cret' } });
    expect(mask.object(object)).toBe(mask.object(object));
    expect(mask.object({ "of s3cr3t-pass": [1] })).toEqual({ "of ***": [1] });
    mask.add("other-s3cret");
    expect(mask.object(object)).toEqual({ status: { message: 'wrong password "***" of ***' } });
  });
});
