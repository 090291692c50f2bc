import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EphemeralEnvironment, type EphemeralEnvironmentArgs } from "../../components/index.ts";
import { loginFor } from "../../components/model/index.ts";
import { containersOrStandIns, orStandIn } from "../../stacks/standIn.ts";
import { manifestsOf } from "../../rendering/manifests.ts";
import { construct } from "../../rendering/construction.ts";
import { service } from "./randomServices.ts";
import { refusal } from "./refusal.ts";
import { openTexts } from "./registrations.ts";
import { SmallRegistry } from "./smallRegistry.ts";

const digest = `sha256:${"d".repeat(64)}`;
const byDigest = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
const basic = `Basic ${Buffer.from("ci:correct-horse").toString("base64")}`;
let registry: SmallRegistry;

beforeAll(async () => {
  registry = await SmallRegistry.start(({ path, authorization }) => {
    if (path.startsWith("/v2/none/")) return [404];
    if (path.startsWith("/v2/private/") && authorization !== basic)
      return [401, { "www-authenticate": "Basic" }];
    return [200, { "docker-content-digest": digest }];
  });
});

afterAll(() => {
  registry.stop();
});

const args = (more: Partial<EphemeralEnvironmentArgs>): EphemeralEnvironmentArgs => ({
  identity: { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" },
  application: { ...service("deals"), image: byDigest },
  tests: [{ command: ["test"] }],
  ...more,
});
const build = (more: Partial<EphemeralEnvironmentArgs>) =>
  construct(() => new EphemeralEnvironment("x", args(more)));
const stashes = ({ resources }: Awaited<ReturnType<typeof build>>) =>
  resources.filter(({ type }) => type === "pulumi:index:Stash");

describe("images that are named by a tag", () => {
  it("are asked for and kept where there are any, and are known before anything is created", async () => {
    expect(stashes(await build({}))).toEqual([]);
    const db = `${registry.host}/library/postgres:16`;
    const proxy = `${registry.host}/proxy:v1`;
    const page = { repository: "shop/page", tag: "2" };
    const built = await build({
      application: { ...service("deals"), image: byDigest, sidecars: [{ name: "beside", image: proxy }] },
      services: [{ ...service("db"), image: db }],
      backing: {
        catalogue: { services: [{ ...service("page"), image: page }], functions: {} },
        names: ["page"],
        imageSource: { prefix: registry.host },
      },
      tests: [{ command: ["test"], image: proxy }],
    });
    const kept = stashes(built);
    expect(kept.map(({ name }) => name)).toEqual([`x-${db}`, `x-${registry.host}/shop/page:2`, `x-${proxy}`]);
    expect(
      kept.map(({ ignoreChanges, replacementTrigger, inputs }) => [
        ignoreChanges,
        replacementTrigger,
        inputs,
      ]),
    ).toContainEqual([["input"], "9dff06f", { input: { image: `${db}@${digest}`, commit: "9dff06f" } }]);
    const [namespace] = built.resources.filter(({ type }) => type.endsWith(":Namespace"));
    expect(namespace?.after.filter((type) => type === "pulumi:index:Stash")).toHaveLength(3);
    const specs = JSON.stringify(manifestsOf(built).map(({ spec }) => spec));
    const images = [...specs.matchAll(/"image":"([^"]*)"/g)].map(([, image]) => image);
    const expected = [db, proxy, `${registry.host}/shop/page:2`].map((name) => `${name}@${digest}`);
    expect(images).toEqual(expect.arrayContaining(expected));
    expect(images.filter((image) => image?.includes("@") === false)).toEqual([]);
    expect(openTexts(built)).toContain(`"test":"${proxy}@${digest}"`);
    expect(openTexts(built)).toContain(`"deals/beside":"${proxy}@${digest}"`);
  });

  it("are asked for with the logins with which they are pulled, which a fork has not", async () => {
    const secret = pulumi.secret("correct-horse");
    const image = `${registry.host}/private/api:1`;
    const login = { logins: [{ server: registry.host, username: "ci", password: secret }] };
    const application = { ...service("deals"), image };
    const built = await build({ application, registry: login });
    expect(stashes(built)).toHaveLength(1);
    expect(openTexts(built)).not.toContain("correct-horse");
    const config = JSON.stringify({ auths: { [registry.host]: { auth: btoa("ci:correct-horse") } } });
    expect(stashes(await build({ application, registry: { dockerConfig: config } }))).toHaveLength(1);
    const forked = () => new EphemeralEnvironment("x", args({ application, registry: login, trust: "fork" }));
    expect((await refusal(forked)).sentences).toEqual([
      `image ${image} of service "deals" is refused by ${registry.host}: it lets in nobody without a login; give a login that may pull it, or correct its name`,
    ]);
  });

  it.each<[string, () => string, () => string]>([
    [
      "a tag that there is not",
      () => `${registry.host}/none/db:99`,
      () => `is not in ${registry.host}: give a tag that is there, or a digest`,
    ],
    [
      "a registry that there is not",
      () => "registry.invalid/db:99",
      () => "has no digest yet, since registry.invalid does not tell it: ",
    ],
  ])("are refused in one sentence with %s, and nothing is created", async (_what, image, sentence) => {
    const services = [{ ...service("db"), image: image() }];
    const { sentences, registered } = await refusal(() => new EphemeralEnvironment("x", args({ services })));
    expect(sentences).toEqual([expect.stringContaining(`image ${image()} of service "db" ${sentence()}`)]);
    expect(registered).not.toContain("Namespace");
  });
});

describe("the login for a registry", () => {
  const of = (host: string, auths: object) => loginFor(host, JSON.stringify({ auths }));
  const auth = btoa("ci:p:w");

  it("is that of its host, however Docker writes it", () => {
    const login = { username: "ci", password: "p:w" };
    expect(of("ghcr.io", { "ghcr.io": { auth } })).toEqual(login);
    expect(of("ghcr.io", { "https://ghcr.io/v2/": login })).toEqual(login);
    expect(of("docker.io", { "https://index.docker.io/v1/": { auth } })).toEqual(login);
    expect(of("ghcr.io", { "ghcr.io.example.com": { auth }, "a.b": { auth } })).toBeUndefined();
    expect(of("ghcr.io", { "ghcr.io": { identitytoken: "t" } })).toBeUndefined();
    expect(of("ghcr.io", { "ghcr.io": { auth: "?" } })).toBeUndefined();
  });
});

describe("an image on Docker Hub", () => {
  const source = { imagePrefix: "10.0.0.1:5000", standIns: { "library/postgres:16": digest } };

  it("is its stand-in where there is one of its tag", () => {
    const standIn = `10.0.0.1:5000/library/postgres:16@${digest}`;
    for (const name of ["postgres:16", "docker.io/library/postgres:16"])
      expect(orStandIn(name, source)).toBe(standIn);
    for (const other of ["postgres:17", "ghcr.io/library/postgres:16", byDigest, undefined])
      expect(orStandIn(other, source)).toBe(other);
    const sidecars = [{ name: "a", image: "postgres:16" }, { name: "b" }];
    expect(containersOrStandIns({ sidecars }, source)).toEqual({
      sidecars: [{ name: "a", image: standIn }, { name: "b" }],
    });
  });
});
