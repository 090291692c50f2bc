import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { V1Namespace, V1ObjectMeta } from "#bundled/kubernetes";
import { clusterFromVariables } from "../../cli/access/clusterVariables.ts";
import { factOf, table } from "../../cli/fleet/facts.ts";
import { environmentsOf, judgeAll } from "../../cli/fleet/fleet.ts";
import { markedNamespace } from "../../cli/fleet/namespaces.ts";
import { identify } from "../../cli/environment/identity.ts";
import { clusterFromKubeconfig } from "../../cli/access/kubeconfigFile.ts";
import { writePrivateKubeconfig } from "../../cli/access/privateKubeconfig.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { checkGraph } from "../../components/model/graph/graph.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { sockShop } from "../../components/model/graph/sockShop.ts";
import { deals as application } from "../../example/shop.ts";
import { ciRun } from "../../foundation/ciRun.ts";
import { readSettings } from "../../stacks/settings.ts";
import { selfSigned } from "../unit/certificate.ts";
import { anyText, anyWord, mostly, spoilt } from "./hostile.ts";
import { endsWell } from "./outcome.ts";
import { share, timeLimit } from "./seed.ts";

const deals: Service = { name: "deals", ...application };

const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
const { certificate, key } = selfSigned("cluster");
const base64 = (text: string) => Buffer.from(text).toString("base64");

beforeAll(async () => {
  const mocks = { call: () => ({}), newResource: () => ({ id: "", state: {} }) };
  await pulumi.runtime.setMocks(mocks, "dynenv", "s-1");
  vi.stubEnv("XDG_STATE_HOME", join(folder, "state"));
  for (const name of Object.keys(process.env).filter((name) => /^(CI|GITHUB|DYNENV|KUBE)/.test(name)))
    vi.stubEnv(name, undefined);
});

afterAll(() => {
  vi.unstubAllEnvs();
  pulumi.runtime.setAllConfig({});
  rmSync(folder, { recursive: true });
});

function holds<T>(part: number, cases: fc.Arbitrary<T>, check: (one: T) => void): void {
  fc.assert(fc.property(cases, check), share(part));
}

/** Each key with texts that fit it, texts of any kind, or none. */
function record(fitting: Record<string, string[]>): fc.Arbitrary<Record<string, string>> {
  const values = Object.fromEntries(Object.entries(fitting).map(([key, right]) => [key, mostly(...right)]));
  return fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;
}

/** Variables of the process for as long as something is done. */
function withVariables(variables: Record<string, string>, work: () => void): void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

const digest = `sha256:${"a".repeat(64)}`;
const settings = {
  kind: ["preview", "standing", "image"],
  project: ["shop/deals"],
  previewIdentity: ["system:serviceaccount:dynenv-ci:ci", "group:ci"],
  sharedWithPreviews: ["previews may read its secrets"],
  ref: ["main", "feature/x"],
  commit: ["9dff06f".padEnd(40, "0")],
  images: [`{"deals": "registry.example.com/x@${digest}"}`],
  baseImage: ["node:24-slim"],
  imageRepository: ["registry.example.com/shop/deals"],
  registry: ["registry.example.com"],
  registryUser: ["puller"],
  registryPassword: ["correct-horse"],
  pullUser: ["puller"],
  pullPassword: ["battery-staple"],
  pullLogins: ['{"auths": {"ghcr.io": {"auth": "Y2k6Y2k="}}}'],
  functions: ["browse,login"],
  services: ["user"],
  trust: ["trusted", "fork"],
  ttl: ["4h", "1m"],
  deployedAt: ["2026-03-01T12:00:00Z"],
  mergeRequest: ["12"],
  cap: ['{"pods": 30, "cpu": "16"}'],
  nodeSelector: ['{"pool": "x"}'],
  imagePrefix: ["docker.io"],
  standIns: [`{"a/b:1": "${digest}"}`],
  readyWithinSeconds: ["150"],
  unknown: [""],
};

const ci = {
  ...{
    DYNENV_PROJECT: ["shop/deals"],
    DYNENV_REF: ["main"],
    DYNENV_COMMIT: ["9dff06f".padEnd(40, "0")],
    DYNENV_RUN: ["1"],
  },
  ...{
    DYNENV_SCOPE: ["commit", "run", "branch"],
    DYNENV_TRUST: ["fork"],
    DYNENV_DEPLOYED_AT: ["2026-03-01T12:00:00Z"],
  },
  ...{
    GITHUB_ACTIONS: ["true"],
    GITHUB_REPOSITORY: ["a/b"],
    GITHUB_SHA: ["9dff06f".padEnd(40, "0")],
    GITHUB_RUN_ID: ["7"],
  },
  ...{ GITHUB_REF_NAME: ["main"], GITHUB_HEAD_REF: ["x"], GITHUB_EVENT_PATH: ["/dev/null", "/tmp"] },
  ...{
    CI_PROJECT_PATH: ["shop/deals"],
    CI_COMMIT_REF_NAME: ["main"],
    CI_COMMIT_SHA: ["9dff06f".padEnd(40, "0")],
    CI_PIPELINE_ID: ["1"],
  },
  ...{ DYNENV_MERGE_REQUEST: ["12"], CI_MERGE_REQUEST_IID: ["12"] },
  ...{ CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: ["me/deals"], CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: ["x"] },
  ...{ CI_REGISTRY: ["registry.example.com"], CI_REGISTRY_USER: ["me"], CI_REGISTRY_PASSWORD: ["pw"] },
  ...{
    DYNENV_PULL_USER: ["me"],
    DYNENV_PULL_PASSWORD: ["pw"],
    DYNENV_PULL_LOGINS: ['{"auths": {"ghcr.io": {"auth": "Y2k6Y2k="}}}'],
    CI_DEPLOY_USER: ["me"],
    CI_DEPLOY_PASSWORD: ["pw"],
  },
  ...{ CI_REGISTRY_IMAGE: ["registry.example.com/x"], DYNENV_BASE_IMAGE: ["node:24-slim"] },
};

describe("whatever the input is, it is taken, or refused in one sentence", () => {
  it("settings and CI variables", { timeout: timeLimit }, () => {
    holds(0.25, fc.tuple(record(settings), record(ci)), ([configured, variables]) => {
      const all = { ref: "main", commit: "9dff06f".padEnd(40, "0"), ...configured };
      pulumi.runtime.setAllConfig(
        Object.fromEntries(Object.entries(all).map(([key, value]) => [`dynenv:${key}`, value])),
      );
      withVariables(variables, () => {
        endsWell(() => readSettings());
      });
    });
  });

  it("identities", { timeout: timeLimit }, () => {
    const words = record({
      ref: ["main"],
      commit: ["9dff06f".padEnd(40, "0")],
      stack: ["feature-login"],
      scope: ["commit", "run"],
    });
    holds(0.2, fc.tuple(words, record(ci)), ([wanted, variables]) => {
      withVariables(variables, () => {
        endsWell(() => ciRun(process.env));
        endsWell(() => identify({ ref: "main", commit: "9dff06f".padEnd(40, "0"), ...wanted }));
      });
    });
  });

  it("service definitions", { timeout: timeLimit }, () => {
    const shop = [...sockShop.services.slice(0, 4), deals];
    holds(0.2, spoilt(shop), (services) => {
      endsWell(() => {
        checkServices(services as never);
        checkGraph(services as never);
      }, [Error]);
    });
  });

  it("marks", { timeout: timeLimit }, () => {
    const annotations = {
      ...{
        "dynenv/project": "shop/deals",
        "dynenv/ref": "main",
        "dynenv/commit": "9dff06f".padEnd(40, "0"),
        "dynenv/stack": "x-1",
      },
      ...{ "dynenv/ttl": "4h", "dynenv/trust": "trusted", "dynenv/deployed": "2026-03-01T12:00:00Z" },
      ...{ "dynenv/expires": "2026-03-01T16:00:00Z", "dynenv/pinned": "false", "dynenv/owner": "ada" },
    };
    const namespace = spoilt(annotations, anyText).map((spoiltAnnotations) => {
      const object = new V1Namespace();
      object.metadata = Object.assign(new V1ObjectMeta(), {
        ...{ name: "env-x-1", uid: "u", creationTimestamp: new Date("2026-03-01T12:00:00Z") },
        labels: { "app.kubernetes.io/part-of": "dynenv" },
        annotations: textsOf(spoiltAnnotations),
      });
      return object;
    });
    const view = {
      ...{ project: "shop/deals", now: new Date("2026-03-10T12:00:00Z"), context: "ci" },
      branches: { remote: "origin", names: new Set(["refs/heads/main"]) },
    };
    holds(0.25, fc.array(namespace, { minLength: 1, maxLength: 3 }), (objects) => {
      endsWell(() => {
        const judged = judgeAll(environmentsOf(["x-1"], objects.map(markedNamespace)), view);
        const rows = table(judged.map(factOf));
        expect(rows.length).toBe(1 + judged.length);
        // Only what is surely a stack of ours may ever be removed.
        for (const { environment, isDue } of judged)
          if (isDue) expect(environment.stack).toMatch(/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/);
      });
    });
  });

  it("clusters that variables name", { timeout: timeLimit }, () => {
    const variables = record({
      ...{ KUBE_URL: ["https://cluster.example.com:6443"], KUBE_TOKEN: ["token", "token\n"] },
      ...{ KUBE_CA: [base64(certificate)], KUBE_CERT: [base64(certificate)], KUBE_KEY: [base64(key)] },
      KUBE_CA_PEM_FILE: ["/dev/null", folder],
    });
    holds(0.05, variables, (given) => {
      endsWell(() => {
        const access = clusterFromVariables({ KUBE_URL: "https://c", ...given });
        if (access !== undefined) writePrivateKubeconfig(access);
      });
    });
  });

  it("kubeconfigs", { timeout: timeLimit }, () => {
    const exec = {
      ...{ apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", command: "login" },
      ...{ args: ["a"], env: [{ name: "A", value: "b" }], provideClusterInfo: true },
    };
    const right = {
      ...{ apiVersion: "v1", kind: "Config", "current-context": "a" },
      clusters: [
        { name: "c", cluster: { server: "https://c", "certificate-authority-data": base64(certificate) } },
      ],
      users: [
        { name: "u", user: { token: "t", as: "jane", "as-groups": ["g"] } },
        { name: "v", user: { exec } },
      ],
      contexts: [
        { name: "a", context: { cluster: "c", user: "u", namespace: "n" } },
        { name: "b", context: { cluster: "c", user: "v" } },
      ],
    };
    const file = join(folder, "config");
    const text = fc.oneof(
      { weight: 3, arbitrary: spoilt(right).map((value) => inYaml(value)) },
      {
        weight: 1,
        arbitrary: fc.tuple(anyWord, fc.nat(600)).map(([word, at]) => spliced(inYaml(right), word, at)),
      },
      { weight: 1, arbitrary: anyText },
    );
    const context = fc.option(mostly("a", "b"), { nil: undefined });
    holds(
      0.05,
      fc.tuple(text, context, fc.constantFrom("", ":", "missing:")),
      ([content, wanted, before]) => {
        writeFileSync(file, content);
        endsWell(() => {
          writePrivateKubeconfig(clusterFromKubeconfig(`${before}${file}`, wanted));
        });
        rmSync(join(folder, "state"), { recursive: true, force: true });
        rmSync(join(folder, "state"), { recursive: true, force: true });
      },
    );
  });
});

/** What an annotation can be: the API server takes texts alone. */
function textsOf(value: unknown): Record<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function inYaml(value: unknown): string {
  try {
    const yaml: unknown = stringify(value);
    return typeof yaml === "string" ? yaml : "";
  } catch {
    const json: unknown = JSON.stringify(value);
    return typeof json === "string" ? json : "";
  }
}

function spliced(text: string, inner: string, at: number): string {
  return text.slice(0, at) + inner + text.slice(at);
}
