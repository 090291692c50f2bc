import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dockerConfigJson, type DockerLogin } from "../../components/model/objects/dockerConfig.ts";
import "./seed.ts";

interface Entry {
  username: string;
  password: string;
  auth: string;
}

const read = (logins: DockerLogin[], existing?: string) =>
  (JSON.parse(dockerConfigJson(logins, existing)) as { auths: Record<string, Entry> }).auths;

const decoded = (auth: string) => Buffer.from(auth, "base64").toString("utf8");
const server = "registry.example.com";

const text = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom('"', "\\", "'", ":", ";", "\n", " ", "é", "日", "😀", "{", "$") }),
  )
  .filter((given) => given.trim() !== "");
/** Some logins, to servers that are often the same as those of others. */
const logins = fc.uniqueArray(
  fc.record({
    server: fc.oneof(text, fc.constantFrom(server, "a", "__proto__")),
    username: text.filter((given) => !given.includes(":")),
    password: text,
  }),
  { selector: (one) => one.server, maxLength: 4 },
);

describe("a Docker configuration", () => {
  it("holds each login, whatever characters it has, as user and password and as auth", () => {
    fc.assert(
      fc.property(logins, (given) => {
        const auths = read(given);
        expect(Object.keys(auths).sort()).toEqual(given.map((one) => one.server).sort());
        for (const one of given) {
          const { username, password, auth = "" } = auths[one.server] ?? {};
          expect([username, password]).toEqual([one.username, one.password]);
          expect(decoded(auth)).toBe(`${one.username}:${one.password}`);
          expect(auth).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
        }
      }),
    );
  });

  it("keeps the logins of an existing one, but for those that are given again", () => {
    fc.assert(
      fc.property(logins, logins, (before, given) => {
        const existing = JSON.stringify({ auths: read(before), credsStore: "desktop" });
        fc.pre(before.length > 0);
        const merged = read(given, existing);
        expect(merged).toEqual({ ...read(before), ...read(given) });
      }),
    );
  });

  it("takes logins from an existing one as they are, and nothing else", () => {
    const auths = {
      "other.example.com": { identitytoken: "t" },
      "third.example.com": { registrytoken: "t" },
      "fourth.example.com": { username: "ci", password: "p" },
      [server]: { auth: "YTpi" },
    };
    const existing = JSON.stringify({ auths, credHelpers: { [server]: "gcloud" }, psFormat: "x" });
    expect(JSON.parse(dockerConfigJson([], existing))).toEqual({ auths });
  });

  it("stays the same text as long as the logins do", () => {
    const given = [{ server, username: "ci", password: "p" }];
    expect(dockerConfigJson(given)).toBe(dockerConfigJson(structuredClone(given)));
  });
});

const secret = "correct-horse-battery";
const example = '{"auths": {"registry.example.com": {"auth": "..."}}}';

/** What is wrong, with a credential beside it wherever there is room for one. */
const wrong: [string, DockerLogin[], string | undefined, string][] = [
  [
    "an empty server",
    [{ server: " ", username: "ci", password: secret }],
    undefined,
    "the server is empty: give one, such as registry.example.com:5000",
  ],
  [
    "an empty user",
    [{ server, username: "", password: secret }],
    undefined,
    "the username for registry.example.com is empty: give one, such as ci",
  ],
  [
    "a user with a colon, where the kubelet ends the user",
    [{ server, username: "do:main", password: secret }],
    undefined,
    `the username for ${server} has a colon, where a login ends it: give one without, such as ci`,
  ],
  [
    "an empty password",
    [
      { server: "a.example.com", username: "ci", password: secret },
      { server, username: secret, password: "" },
    ],
    undefined,
    "the password for registry.example.com is empty: give one",
  ],
  ...["", `{"auths": {"a": {"auth": "${secret}"}}`, secret].map((existing): (typeof wrong)[number] => [
    `a text that is no JSON (${String(existing.length)} characters)`,
    [],
    existing,
    `dockerConfig is not JSON: give the content of a Docker configuration, such as ${example}`,
  ]),
  ...[
    "null",
    "5",
    "[]",
    "{}",
    `{"auths": {}}`,
    `{"auths": null, "token": "${secret}"}`,
    `{"auths": "${secret}"}`,
    `{"auths": {"${server}": {}}, "credsStore": "desktop"}`,
    `{"auths": {"${server}": {"auth": "${secret}"}, "a.example.com": {}}}`,
    `{"auths": {"${server}": {"email": "ada@example.com"}}}`,
    `{"auths": {"${server}": null}}`,
    `{"auths": {"${server}": "${secret}"}}`,
  ].map((existing): (typeof wrong)[number] => [
    `a Docker configuration without logins, ${existing.replace(secret, "...")}`,
    [{ server, username: "ci", password: secret }],
    existing,
    `dockerConfig has no logins under auths: log in without a helper, such as ${example}`,
  ]),
];

describe("a wrong login", () => {
  it.each(wrong)(
    "with %s is refused in one sentence, which holds no credential",
    (_what, given, existing, sentence) => {
      expect(sentence).not.toContain(secret);
      expect(() => dockerConfigJson(given, existing)).toThrow(new Error(sentence));
    },
  );

  it("never makes its password appear", () => {
    const blank = fc.constantFrom("", " ", "\t");
    const part = fc.constantFrom("server", "username");
    fc.assert(
      fc.property(logins, text, blank, part, (before, password, nothing, key) => {
        fc.pre(
          password.length > 3 && !"the server username for is empty: give one, such as".includes(password),
        );
        const bad = { server: "s", username: "u", password, [key]: nothing };
        const tell = () => {
          try {
            return dockerConfigJson([...before, bad], "{}");
          } catch (error) {
            return (error as Error).message;
          }
        };
        expect(tell()).toMatch(/^the (server|username for s) is empty: /);
        expect(tell()).not.toContain(password);
      }),
    );
  });
});
