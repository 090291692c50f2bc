import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { clusterFromKubeconfig } from "../../cli/access/kubeconfigFile.ts";
import { contextOf, readKubeconfig } from "../../foundation/kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "dynenv-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : stringify(content));
  return path;
}

/** A kubeconfig with one context, `name`. */
function config(name: string, cluster: object = {}, user: object = { token: name }) {
  return {
    "current-context": name,
    clusters: [{ name, cluster: { server: `https://${name}.example.com`, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}

describe("a kubeconfig is read as kubectl does", () => {
  it("from a list with missing files, empty elements and duplicates; the first file wins", () => {
    const one = file("one", { ...config("a"), "current-context": "" });
    const two = file("two", { ...config("b"), users: [{ name: "a", user: { token: "second" } }] });
    const path = ["", join(folder, "missing"), one, "", one, two, ""].join(":");
    const { currentContext, contexts, users, clusters } = readKubeconfig(path);
    expect(currentContext).toBe("b");
    expect([...contexts.keys()]).toEqual(["a", "b"]);
    expect([...clusters.keys()]).toEqual(["a", "b"]);
    expect(users.get("a")).toEqual({ token: "a" });
    expect(contextOf(path, undefined)).toBe("b");
  });

  it.each([
    ["empty", ""],
    ["of a comment", "# nothing\n"],
    ["of null", "null\n"],
    ["with lists that are null", "contexts: null\nclusters:\nusers: ~\n"],
    ["of an unknown field", "future: [1]\n"],
  ])("where it is %s: without a context", (_what, content) => {
    expect(readKubeconfig(file("none", content)).contexts.size).toBe(0);
  });

  it("of several documents the first", () => {
    const path = file("documents", `${stringify(config("a"))}---\n${stringify(config("b"))}---\n[`);
    expect([...readKubeconfig(path).contexts.keys()]).toEqual(["a"]);
  });

  it.each([
    ["UTF-8 with its mark", (text: string) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as PowerShell writes it", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 of the other order", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ])("in %s", (_what, encoded) => {
    const path = file("encoded", "");
    writeFileSync(path, encoded(stringify(config("ä"))));
    expect([...readKubeconfig(path).contexts.keys()]).toEqual(["ä"]);
  });

  it("in JSON, in YAML 1.1, and with keys that stand twice", () => {
    expect(contextOf(file("json", JSON.stringify(config("a"))), undefined)).toBe("a");
    const insecure = file(
      "yes",
      'clusters: [{name: c, cluster: {server: "https://c", insecure-skip-tls-verify: yes}}]',
    );
    expect(readKubeconfig(insecure).clusters.get("c")?.["insecure-skip-tls-verify"]).toBe(true);
    expect(readKubeconfig(file("twice", "current-context: a\ncurrent-context: b\n")).currentContext).toBe(
      "b",
    );
  });

  it("with names that JavaScript knows", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const path = file("names", JSON.stringify(config("x")).replaceAll('"x"', JSON.stringify(name)));
      expect(clusterFromKubeconfig(path, undefined)).toMatchObject({ alias: name, user: { token: name } });
    }
  });
});

const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "login", interactiveMode: "Never" };

describe("a kubeconfig that kubectl refuses is refused in one sentence", () => {
  it.each<[content: string | object, expected: string]>([
    ["contexts: {}", "is wrong at contexts: write it with `kubectl config`"],
    ["contexts: [{name: 1}]", "is wrong at contexts.0.name: write it"],
    ["kind: Pod", "is wrong at kind: write it"],
    ["[]", "is wrong at its top: write it"],
    [
      "clusters: [{name: c, cluster: {certificate-authority-data: '%'}}]",
      "is wrong at clusters.0.cluster.certificate-authority-data",
    ],
    ["a: 1\nb: [\nc", "is not YAML at line 3: write it"],
    ["a: &x [*x]", "has aliases without end: write it"],
    ["users: [{name: a}, {name: a}]", 'has "a" twice in its users: write it'],
    [
      config("a", { "certificate-authority": "/a", "certificate-authority-data": "YQ==" }),
      "its cluster has certificate-authority and",
    ],
    [
      config("a", { "insecure-skip-tls-verify": true, "certificate-authority": "/a" }),
      "beside insecure-skip-tls-verify",
    ],
    [config("a", { "proxy-url": "ftp://x" }), "is not an address with http, https or socks5"],
    [config("a", { server: "" }), 'has no cluster "a" with a server'],
    [config("a", { "certificate-authority": "missing" }), `${folder}/missing cannot be read (ENOENT)`],
    [config("a", { "certificate-authority-data": "YQ==" }), "its certificate authority is not PEM"],
    [config("a", {}, { token: "t", username: "u" }), "its user has a token and a password"],
    [config("a", {}, { "client-certificate-data": "YQ==" }), "a client-certificate without a client-key"],
    [config("a", {}, { "client-certificate-data": "YQ==", "client-key-data": "YQ==" }), "not what TLS takes"],
    [config("a", {}, { tokenFile: "missing" }), `${folder}/missing cannot be read (ENOENT)`],
    [config("a", {}, { "as-groups": ["g"] }), "impersonates a uid, groups or extra without a user"],
    [config("a", {}, { "auth-provider": { name: "gcp" } }), "an auth-provider other than oidc"],
    [config("a", {}, { exec: { ...exec, command: "" } }), "has no command"],
    [
      config("a", {}, { exec: { ...exec, apiVersion: "client.authentication.k8s.io/v1alpha1" } }),
      "the apiVersion of its",
    ],
    [
      config("a", {}, { exec: { ...exec, interactiveMode: undefined } }),
      "is not Never, IfAvailable or Always",
    ],
    [config("a", {}, { exec: { ...exec, env: [{ value: "1" }] } }), "has a variable without a name"],
  ])("%j", (content, expected) => {
    const path = file("wrong", content);
    const sentence = thrownBy(() => clusterFromKubeconfig(path, undefined));
    expect(sentence).toContain(expected);
    expect(sentence).toMatch(/^kubeconfig \S+ .*`kubectl config`$/);
  });

  it("where it is a folder", () => {
    expect(() => readKubeconfig(folder)).toThrow(`kubeconfig ${folder} cannot be read (EISDIR)`);
  });
});

function thrownBy(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
