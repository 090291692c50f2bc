import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "../../components/services/registryClient.ts";
import { type Asked, type Said, SmallRegistry } from "./smallRegistry.ts";

const digest = `sha256:${"d".repeat(64)}`;
const login = { username: "ci", password: "correct-horse" };
const basic = `Basic ${Buffer.from("ci:correct-horse").toString("base64")}`;
const found: Said = [200, { "docker-content-digest": digest }];
const started: SmallRegistry[] = [];

afterEach(() => {
  for (const registry of started.splice(0)) registry.stop();
});

async function registry(answer: (request: Asked, own: SmallRegistry) => Said): Promise<SmallRegistry> {
  const own = await SmallRegistry.start(answer);
  started.push(own);
  return own;
}

const ask = ({ host }: { host: string }, given?: typeof login) =>
  digestOf({ registry: host, path: "shop/api", tag: "1.2" }, given);

describe("the digest of a tag", () => {
  it("is what the registry says, which is asked without a login where it wants none", async () => {
    const open = await registry(() => found);
    expect(await ask(open, login)).toBe(digest);
    expect(open.asked).toEqual([{ method: "HEAD", path: "/v2/shop/api/manifests/1.2", authorization: "" }]);
  });

  it("is that of the manifest where the registry does not say it", async () => {
    const manifest = '{"schemaVersion": 2}';
    const terse = await registry(() => [200, {}, manifest]);
    expect(await ask(terse)).toBe(`sha256:${createHash("sha256").update(manifest).digest("hex")}`);
  });

  it("is told to user and password where it asks for these", async () => {
    const closed = await registry(({ authorization }) =>
      authorization === basic ? found : [401, { "www-authenticate": 'Basic realm="shop"' }],
    );
    expect(await ask(closed, login)).toBe(digest);
    await expect(ask(closed)).rejects.toThrow("it lets in nobody without a login");
    await expect(ask(closed, { ...login, password: "wrong" })).rejects.toThrow(
      "it lets in nobody with the login of ci",
    );
  });

  it("is told to the bearer of a token, which a login buys, or nobody's", async () => {
    const token = (of: string) => `Bearer token-of-${of}`;
    const hub = await registry(({ path, authorization }, { host }) => {
      const realm = `http://${host}/token`;
      if (path.startsWith("/token?"))
        return [200, {}, JSON.stringify({ token: `token-of-${authorization === basic ? "ci" : "nobody"}` })];
      if ([token("ci"), token("nobody")].includes(authorization)) return found;
      const scope = "repository:shop/api:pull";
      return [401, { "www-authenticate": `Bearer realm="${realm}",service="hub",scope="${scope}"` }];
    });
    expect(await ask(hub)).toBe(digest);
    expect(await ask(hub, login)).toBe(digest);
    expect(hub.asked.map(({ authorization }) => authorization)).toEqual([
      ...["", "", token("nobody")],
      ...["", basic, token("ci")],
    ]);
    expect(hub.asked[1]?.path).toBe("/token?service=hub&scope=repository%3Ashop%2Fapi%3Apull");
  });

  it("is looked for where the registry leads to, without the login that was for the registry alone", async () => {
    const storage = await registry(() => found);
    const front = await registry(({ authorization }) =>
      authorization === ""
        ? [401, { "www-authenticate": "Basic" }]
        : [307, { location: `http://${storage.host}/elsewhere` }],
    );
    expect(await ask(front, login)).toBe(digest);
    expect(storage.asked).toEqual([{ method: "HEAD", path: "/elsewhere", authorization: "" }]);
  });

  it.each<[string, Said, object]>([
    ["there is none", [404], { kind: "missing" }],
    ["nobody may know it", [403], { kind: "refused" }],
    ["the registry is broken", [503], { kind: "silent", message: "it answers 503" }],
    ["it leads in circles", [307, { location: "/" }], { kind: "silent" }],
  ])("is refused as what it is where %s", async (_what, said, failure) => {
    await expect(ask(await registry(() => said))).rejects.toMatchObject(failure);
  });

  it("is not asked for without TLS outside of private networks, nor where nobody listens", async () => {
    const gone = await registry(() => found);
    const { host } = gone;
    gone.stop();
    await expect(ask({ host })).rejects.toMatchObject({ kind: "silent" });
    await expect(ask({ host: "registry.invalid" })).rejects.toMatchObject({ kind: "silent" });
  });
});
