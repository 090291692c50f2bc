import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { KubeConfig, type V1ResourceAttributes, type V1SelfSubjectAccessReview } from "#bundled/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { accesses } from "../../cli/access/permissions.ts";
import { requirePermissions, type Undertaking } from "../../cli/access/preflight.ts";
import { rbacFile, standingFile } from "../../docs/render.ts";
import { standingPermissions } from "../../cli/access/standingPermissions.ts";
import { apiServer, kubeconfig, type ApiServer } from "../unit/apiServer.ts";
import { withoutVerb, type Rule } from "../unit/roleRules.ts";

const needed = accesses(["up", "down", "test"]);
const forAddresses = accesses(["route", "ingress"]);
const namespace = "env-a";
const shipped = rulesIn(rbacFile);

/** Rules of the roles in a file, or of the one that is named. */
function rulesIn(file: string, role?: string): Rule[] {
  return parseAllDocuments(readFileSync(file, "utf8"))
    .map((document) => document.toJS() as { metadata: { name: string }; rules?: Rule[] })
    .filter(({ metadata }) => role === undefined || metadata.name === role)
    .flatMap(({ rules = [] }) => rules);
}

const ofDeployer = rulesIn(standingFile, "dynenv-standing");
let held: Rule[] = [];
/** Whether the rules are bound in the environment's namespace alone. */
let isBoundWithin = false;
let server: ApiServer;

/** What a cluster with RBAC answers an identity that holds these rules. */
function isAllowed(asked: V1ResourceAttributes | undefined): boolean {
  const [group, verb] = [asked?.group ?? "", asked?.verb ?? ""];
  const name = [asked?.resource, asked?.subresource].filter((part) => part !== undefined).join("/");
  if (isBoundWithin && asked?.namespace !== namespace) return false;
  return held.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && resources.includes(name) && verbs.includes(verb),
  );
}

beforeAll(async () => {
  server = await apiServer((request, response) => {
    void text(request).then((body) => {
      const { spec } = JSON.parse(body) as V1SelfSubjectAccessReview;
      response.end(JSON.stringify({ status: { allowed: isAllowed(spec.resourceAttributes) } }));
    });
  });
});

afterAll(() => {
  server.end();
});

async function sentence(env: Record<string, string> = {}, undertaking: Undertaking = "run"): Promise<string> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig(`https://localhost:${String(server.port)}`));
  return requirePermissions(config, namespace, undertaking, env).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
}

it("says nothing of an identity that holds ci/rbac.yaml", async () => {
  held = shipped;
  expect(await sentence()).toBe("");
});

it("names each verb that is taken away, in one sentence", { timeout: 60_000 }, async () => {
  for (const access of needed) {
    held = withoutVerb(shipped, access);
    const { apiGroup, resource, verb, scope } = access;
    const kind = apiGroup === "" ? resource : `${resource} of ${apiGroup}`;
    const where = scope === "cluster" ? "the whole cluster" : `namespace ${namespace}`;
    expect(await sentence()).toBe(
      `the cluster's identity may not ${verb} ${kind} in ${where}: give it the role in ci/rbac.yaml, which docs/rbac.md explains`,
    );
  }
  console.log(`${String(needed.length)} verbs taken away in turn, each named`);
});

it("names the beginning of much that is missing", async () => {
  held = [];
  expect(await sentence()).toMatch(
    /^the cluster's identity may not create, list, watch namespaces in the whole cluster; .*; .*; and \d+ more: give it/,
  );
});

it("asks for the rights to addresses only where the program has a gateway, by its kind", async () => {
  held = forAddresses.reduce<Rule[]>((rules, access) => withoutVerb(rules, access), shipped);
  expect(await sentence()).toBe("");
  const lacking = (kind: string) => new RegExp(`may not create, get, list, watch, patch, delete ${kind} in`);
  expect(await sentence({ DYNENV_GATEWAY: "gateway/previews" })).toMatch(
    lacking("httproutes of gateway.networking.k8s.io"),
  );
  expect(await sentence({ DYNENV_INGRESS_CLASS: "traefik" })).toMatch(
    lacking("ingresses of networking.k8s.io"),
  );
  held = shipped;
  expect(await sentence({ DYNENV_GATEWAY: "gateway/previews", DYNENV_INGRESS_CLASS: "traefik" })).toBe("");
});

describe("who deploys a standing environment", () => {
  beforeAll(() => {
    isBoundWithin = true;
  });
  afterAll(() => {
    isBoundWithin = false;
  });
  const gateway = { DYNENV_GATEWAY: "gateway/previews" };

  it(
    "lacks nothing for an update with ci/standing.yaml, which is bound in its namespace alone",
    { timeout: 60_000 },
    async () => {
      held = ofDeployer;
      expect(await sentence(gateway, "update")).toBe("");
      const verbs = accesses(["up", "test"], standingPermissions);
      for (const access of verbs) {
        held = withoutVerb(ofDeployer, access);
        expect(await sentence(gateway, "update")).toMatch(
          new RegExp(
            `may not ${access.verb} ${access.resource}.* in namespace env-a: bind the role in ci/standing.yaml`,
          ),
        );
      }
    },
  );

  it("does not make it, and can neither make nor remove a namespace", async () => {
    held = ofDeployer;
    expect(await sentence({}, "make")).toMatch(
      /^the cluster's identity may not create, list, watch namespaces in the whole cluster; .*: the cluster's owner makes/,
    );
    const onNamespaces = ofDeployer.filter(({ resources }) =>
      resources.some((one) => /^namespaces\b/.test(one)),
    );
    expect(onNamespaces).toEqual([{ apiGroups: [""], resources: ["namespaces"], verbs: ["get", "patch"] }]);
  });
});
