import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { RegistrySecret, type RegistrySecretArgs } from "../../components/index.ts";
import { construct, mapSecrets, type Construction } from "../../rendering/construction.ts";
import { refusal } from "./refusal.ts";
import { kindOf, openTexts, secretsOf } from "./registrations.ts";

const secret = "correct-horse-battery";
const token = "glpat-staple";
const server = "registry.example.com";
const dockerConfig = JSON.stringify({ auths: { "old.example.com": { auth: btoa(`u:${secret}`) } } });

const build = (args: Omit<RegistrySecretArgs, "namespace">) =>
  construct(() => new RegistrySecret("login", { namespace: "staging", ...args }));

/** The logins that the kubelet finds. */
function loginsIn(constructed: Construction): Record<string, unknown> {
  const [content] = secretsOf(constructed)["Secret login"] ?? [];
  const { ".dockerconfigjson": json } = content as Record<string, string>;
  return (JSON.parse(json ?? "") as { auths: Record<string, unknown> }).auths;
}

const entry = (username: string, password: string) => ({
  username,
  password,
  auth: Buffer.from(`${username}:${password}`).toString("base64"),
});

const kinds: [string, Omit<RegistrySecretArgs, "namespace">, Record<string, unknown>][] = [
  [
    "user and password",
    { logins: [{ server, username: "ci", password: secret }] },
    { [server]: entry("ci", secret) },
  ],
  ["a token", { logins: [{ server, token }] }, { [server]: entry("oauth2", token) }],
  ["a token of a user", { logins: [{ server, username: "ci", token }] }, { [server]: entry("ci", token) }],
  [
    "values that are known later",
    {
      logins: [
        { server: pulumi.output(server), username: pulumi.output("ci"), password: pulumi.output(secret) },
      ],
    },
    { [server]: entry("ci", secret) },
  ],
  ["a Docker configuration", { dockerConfig }, { "old.example.com": { auth: btoa(`u:${secret}`) } }],
  [
    "several registries and a Docker configuration",
    {
      logins: [
        { server, username: "ci", password: secret },
        { server: "other.example.com:5000", token: pulumi.secret(token) },
      ],
      dockerConfig: pulumi.output(dockerConfig),
    },
    {
      "old.example.com": { auth: btoa(`u:${secret}`) },
      [server]: entry("ci", secret),
      "other.example.com:5000": entry("oauth2", token),
    },
  ],
];

describe.each(kinds)("a registry secret from %s", (_what, args, expected) => {
  it("holds the logins", async () => {
    expect(loginsIn(await build(args))).toEqual(expected);
  });

  it("is secret as a whole, and nothing of it is anywhere else", async () => {
    const constructed = await build(args);
    const objects = constructed.resources.filter((resource) => kindOf(resource) === "Secret");
    expect(objects.map(({ inputs }) => mapSecrets(inputs.stringData, () => "[secret]"))).toEqual([
      "[secret]",
    ]);
    expect(Object.keys(secretsOf(constructed))).toEqual(["Secret login"]);
    const texts = [secret, token, btoa(`u:${secret}`), btoa(`ci:${secret}`), btoa(`oauth2:${token}`)];
    expect(texts.filter((text) => openTexts(constructed).includes(text))).toEqual([]);
  });
});

describe("a registry secret", () => {
  const logins = [{ server, token }];

  it("is a pull secret, with GitLab's name unless another is given", async () => {
    const named = async (args: Partial<RegistrySecretArgs>) => {
      const { resources, outputs } = await build({ logins, ...args });
      const { type, metadata } = resources.at(-1)?.inputs ?? {};
      return { type, metadata, outputs };
    };
    const labels = { "app.kubernetes.io/part-of": "dynenv" };
    const metadata = { name: "gitlab-registry", namespace: "staging", labels };
    expect(await named({})).toEqual({
      type: "kubernetes.io/dockerconfigjson",
      metadata,
      outputs: [{ secretName: "gitlab-registry" }],
    });
    expect(await named({ secretName: "pull" })).toMatchObject({
      metadata: { ...metadata, name: "pull" },
      outputs: [{ secretName: "pull" }],
    });
  });
});

const headed = (sentence: string) => `RegistrySecret "login": ${sentence}`;

describe("a registry secret without what it needs", () => {
  it.each<[string, Omit<RegistrySecretArgs, "namespace">, string]>([
    [
      "no login at all",
      { logins: [] },
      "logins is empty: give a login, such as { server, username, password }, or a dockerConfig",
    ],
    [
      "a registry without credentials",
      { logins: [{ server, token }, { server }] },
      "logins[1] has no credentials: give username and password, or a token",
    ],
    [
      "a user without password",
      { logins: [{ server, username: "ci" }] },
      "logins[0] has no credentials: give username and password, or a token",
    ],
    [
      "a password and a token",
      { logins: [{ server, username: "ci", password: secret, token }] },
      "logins[0] has both password and token: leave one of them out",
    ],
    [
      "a password without a user",
      { logins: [{ server, password: secret }] },
      "logins[0] has a password but no username: give the user that it belongs to, such as ci",
    ],
    [
      "an empty server",
      { logins: [{ server: "", token }] },
      "logins[0].server is empty but must be a text, such as registry.example.com",
    ],
    [
      "an empty user",
      { logins: [{ server, username: "", password: secret }] },
      "logins[0].username is empty but must be a text",
    ],
    ["an empty token", { logins: [{ server, token: "" }] }, "logins[0].token is empty but must be a text"],
  ])("is refused for %s, and registers nothing", async (_what, args, sentence) => {
    expect(await refusal(() => new RegistrySecret("login", { namespace: "staging", ...args }))).toEqual({
      sentences: [headed(sentence)],
      registered: [],
    });
  });

  it.each<[string, Omit<RegistrySecretArgs, "namespace">, string]>([
    [
      "an empty server that is known later",
      { logins: [{ server: pulumi.output(""), token }] },
      "the server is empty: give one, such as registry.example.com:5000",
    ],
    [
      "an empty user that is known later",
      { logins: [{ server, username: pulumi.output(""), password: secret }] },
      `the username for ${server} is empty: give one, such as ci`,
    ],
    [
      "an empty token that is known later",
      { logins: [{ server, token: pulumi.secret("") }] },
      `the password for ${server} is empty: give one`,
    ],
    [
      "a Docker configuration that is none",
      { dockerConfig: `{"auths": "${secret}` },
      'dockerConfig is not JSON: give the content of a Docker configuration, such as {"auths": {"registry.example.com": {"auth": "..."}}}',
    ],
  ])("is refused for %s, and creates no Secret", async (_what, args, sentence) => {
    const { sentences, registered } = await refusal(
      () => new RegistrySecret("login", { namespace: "staging", ...args }),
    );
    expect(sentences).toEqual([headed(sentence)]);
    expect(registered).not.toContain("Secret");
  });
});
