import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parse, stringify } from "yaml";
import { clusterFromKubeconfig } from "../../cli/access/kubeconfigFile.ts";
import { isPrivate, writePrivateKubeconfig } from "../../cli/access/privateKubeconfig.ts";
import { namedCluster } from "../../cli/access/shellEnvironment.ts";
import { contextOf } from "../../foundation/kubeconfig.ts";
import { selfSigned } from "./certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
const { certificate } = selfSigned("cluster");
const server = "https://cluster.example.com:6443";

beforeEach(() => {
  vi.stubEnv("XDG_STATE_HOME", join(folder, "state"));
  for (const name of ["KUBECONFIG", "KUBE_CONTEXT", "KUBE_URL", "KUBE_TOKEN", "KUBE_CA", "KUBE_CA_PEM_FILE"])
    vi.stubEnv(name, "");
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

interface Written {
  "current-context": string;
  clusters: { cluster: object }[];
  users: { user: object }[];
  contexts: { name: string; context: object }[];
}

/** A kubeconfig with the contexts `staging`, which is current, and `other`. */
function write(name: string, user: object = { token: "t" }, cluster: object = {}): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const config = {
    "current-context": "staging",
    clusters: [
      { name: "c", cluster: { server, ...cluster } },
      { name: "d", cluster: { server: "https://d" } },
    ],
    users: [
      { name: "u", user },
      { name: "v", user: { token: "secret of other" } },
    ],
    contexts: [
      { name: "staging", context: { cluster: "c", user: "u", namespace: "team" } },
      { name: "other", context: { cluster: "d", user: "v" } },
    ],
  };
  writeFileSync(path, stringify(config));
  return path;
}

function read(path: string): Written {
  return parse(readFileSync(path, "utf8")) as Written;
}

describe("the private copy of a kubeconfig", () => {
  it("can be read by its owner alone, and is complete whenever it can be read", () => {
    const { kubeconfig } = writePrivateKubeconfig(clusterFromKubeconfig(write("a"), undefined));
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(kubeconfig)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(kubeconfig))).toEqual([basename(kubeconfig)]);
  });

  it("has a context that is named after the cluster, and its own name as a second one", () => {
    const { kubeconfig, context } = writePrivateKubeconfig(clusterFromKubeconfig(write("a"), undefined));
    const { contexts } = read(kubeconfig);
    expect(contexts.map(({ name }) => name)).toEqual([context, "staging"]);
    expect(contexts[1]?.context).toEqual({ namespace: "team", cluster: context, user: context });
    expect(contextOf(kubeconfig, undefined)).toBe(context);
    expect(contextOf(kubeconfig, "staging")).toBe("staging");
  });

  it("holds no other cluster and no other login", () => {
    const text = readFileSync(
      writePrivateKubeconfig(clusterFromKubeconfig(write("a"), undefined)).kubeconfig,
      "utf8",
    );
    expect(text).not.toContain("secret of other");
    expect(text).not.toContain("https://d");
  });

  it("is another file for another login, with the same context", () => {
    const [one, two] = ["one", "two"].map((token) =>
      writePrivateKubeconfig(clusterFromKubeconfig(write("a", { token }), undefined)),
    );
    expect(one?.kubeconfig).not.toBe(two?.kubeconfig);
    expect(one?.context).toBe(two?.context);
  });

  it("goes a week after it was written, while younger ones stay", () => {
    const old = writePrivateKubeconfig(clusterFromKubeconfig(write("old", { token: "old" }), undefined));
    const young = writePrivateKubeconfig(
      clusterFromKubeconfig(write("young", { token: "young" }), undefined),
    );
    const daysAgo = (days: number) => Date.now() / 1000 - days * 86_400;
    utimesSync(old.kubeconfig, daysAgo(8), daysAgo(8));
    utimesSync(young.kubeconfig, daysAgo(6), daysAgo(6));
    writePrivateKubeconfig(clusterFromKubeconfig(write("new", { token: "new" }), undefined));
    expect([old, young].map(({ kubeconfig }) => existsSync(kubeconfig))).toEqual([false, true]);
  });

  it("has another context for another cluster, even when the kubeconfig calls both the same", () => {
    const one = writePrivateKubeconfig(clusterFromKubeconfig(write("a"), undefined));
    const authority = { "certificate-authority-data": Buffer.from(certificate).toString("base64") };
    const two = writePrivateKubeconfig(clusterFromKubeconfig(write("b", {}, authority), undefined));
    expect(() => contextOf(two.kubeconfig, one.context)).toThrow(`has no context "${one.context}"`);
  });

  it("refers to files by absolute paths and starts the same login plugin", () => {
    writeFileSync(join(folder, "ca.pem"), certificate);
    const plugin = (command: string) => ({
      exec: {
        apiVersion: "client.authentication.k8s.io/v1",
        interactiveMode: "Never",
        command,
        args: ["a/b"],
      },
    });
    const authority = { "certificate-authority": "../ca.pem" };
    const user = (settings: object) =>
      read(
        writePrivateKubeconfig(clusterFromKubeconfig(write("deep/a", settings, authority), undefined))
          .kubeconfig,
      );
    mkdirSync(join(folder, "deep"), { recursive: true });
    writeFileSync(join(folder, "deep", "token"), "t");
    const { clusters, users } = user({ tokenFile: "token", "client-key": "/k", ...plugin("./login") });
    expect(clusters[0]?.cluster).toEqual({ server, "certificate-authority": join(folder, "ca.pem") });
    expect(users[0]?.user).toMatchObject({
      tokenFile: join(folder, "deep", "token"),
      "client-key": "/k",
      exec: { command: join(folder, "deep", "login"), args: ["a/b"] },
    });
    expect(user(plugin("aws")).users[0]?.user).toMatchObject(plugin("aws"));
  });

  it("says to programs that read YAML 1.1 what it says here", () => {
    const texts = [
      "yes",
      "on",
      "n",
      "0123",
      "1_000",
      "2026-01-01",
      "1e3",
      "~",
      "null",
      "true",
      "0x1f",
      "12:30:45",
    ];
    const plugin = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never" };
    const exec = {
      ...plugin,
      command: "login",
      args: texts,
      env: texts.map((value) => ({ name: "A", value })),
    };
    const path = write("yes", { exec });
    writeFileSync(path, JSON.stringify(read(path)));
    const { kubeconfig } = writePrivateKubeconfig(clusterFromKubeconfig(path, undefined));
    const content = readFileSync(kubeconfig, "utf8");
    for (const version of ["1.1", "1.2"] as const) {
      const { users } = parse(content, { version }) as Written;
      expect(users[0]?.user).toEqual({ exec });
    }
  });

  it("takes an authority that is null for none", () => {
    const none = { "certificate-authority": null, "certificate-authority-data": null };
    const [one, other] = [write("null", {}, none), write("plain")].map(
      (path) => writePrivateKubeconfig(clusterFromKubeconfig(path, undefined)).context,
    );
    expect(one).toBe(other);
  });

  it.each([
    ["user", { users: [] }, 'has no user "u", which its context "staging" needs'],
    ["cluster", { clusters: [] }, 'has no cluster "c" with a server, which its context "staging" needs'],
    ["list of users", { users: [{ name: 1 }] }, "is wrong at users.0.name: write it with `kubectl config`"],
  ])("is none of a kubeconfig without its %s", (_what, change, expected) => {
    const path = write("broken");
    writeFileSync(path, stringify({ ...read(path), ...change }));
    expect(() => clusterFromKubeconfig(path, undefined)).toThrow(expected);
  });

  it("merges several files as kubectl does: the first that has a name counts", () => {
    const paths = [write("a", { token: "first" }), write("b", { token: "second" })].join(":");
    expect(clusterFromKubeconfig(paths, undefined).user).toEqual({ token: "first" });
    expect(clusterFromKubeconfig(paths, "other").cluster.server).toBe("https://d");
  });
});

describe("the named cluster", () => {
  it("is that of KUBECONFIG, even beside the variables of CI", () => {
    vi.stubEnv("KUBE_URL", "no address");
    vi.stubEnv("KUBECONFIG", write("a"));
    const named = namedCluster(undefined);
    expect(isPrivate(named?.kubeconfig ?? "")).toBe(true);
    expect(read(named?.kubeconfig ?? "").users[0]?.user).toEqual({ token: "t" });
  });

  it("is that of KUBE_URL without a KUBECONFIG", () => {
    vi.stubEnv("KUBE_URL", server);
    vi.stubEnv("KUBE_TOKEN", "t");
    const { kubeconfig = "", context } = namedCluster(undefined) ?? {};
    expect(read(kubeconfig)).toMatchObject({ "current-context": context, users: [{ user: { token: "t" } }] });
  });

  it("is not guessed where KUBE_URL and KUBE_CONTEXT each name one", () => {
    vi.stubEnv("KUBE_URL", server);
    vi.stubEnv("KUBE_TOKEN", "t");
    vi.stubEnv("KUBE_CONTEXT", "production");
    expect(() => namedCluster(undefined)).toThrow(
      /^KUBE_CONTEXT is "production", a context of a kubeconfig, but KUBE_URL/,
    );
  });

  it("is none without either", () => {
    expect(namedCluster(undefined)).toBeUndefined();
  });

  it("is that of --context before that of KUBE_CONTEXT", () => {
    vi.stubEnv("KUBECONFIG", write("a"));
    vi.stubEnv("KUBE_CONTEXT", "staging");
    expect(read(namedCluster("other")?.kubeconfig ?? "").clusters[0]?.cluster).toEqual({
      server: "https://d",
    });
    vi.stubEnv("KUBE_CONTEXT", "other");
    expect(read(namedCluster(undefined)?.kubeconfig ?? "").clusters[0]?.cluster).toEqual({
      server: "https://d",
    });
  });

  it("is the same again in a shell that has its variables", () => {
    vi.stubEnv("KUBECONFIG", write("a"));
    const named = namedCluster(undefined);
    vi.stubEnv("KUBECONFIG", named?.kubeconfig ?? "");
    vi.stubEnv("KUBE_CONTEXT", named?.context ?? "");
    expect(namedCluster(undefined)).toEqual(named);
  });
});
