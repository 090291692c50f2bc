import { text } from "node:stream/consumers";
import { KubeConfig, type V1SelfSubjectAccessReview } from "#bundled/kubernetes";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { requireDeployRights, tellSkew } from "../../cli/environment/beforehand.ts";
import { apiServer, kubeconfig, type ApiServer } from "../unit/apiServer.ts";

let server: ApiServer;
/** Status and body by the end of a path; else there is nothing. */
let answers: Record<string, [status: number, body: object]> = {};
/** Whether the login may do anything in the whole cluster, and not in a namespace alone. */
let isOwner = false;

const own = { metadata: { name: "env-production", uid: "1", labels: {} } };
const routed = {
  items: [
    {
      metadata: {
        ...{ name: "web", labels: { "app.kubernetes.io/part-of": "dynenv" } },
        annotations: { "dynenv/url": "https://shop.example.com" },
      },
    },
  ],
};

beforeAll(async () => {
  server = await apiServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader("content-type", "application/json");
      const path = request.url ?? "";
      if (path.endsWith("selfsubjectaccessreviews")) {
        const { spec } = JSON.parse(body) as V1SelfSubjectAccessReview;
        response.end(
          JSON.stringify({
            status: { allowed: isOwner || spec.resourceAttributes?.namespace !== undefined },
          }),
        );
        return;
      }
      const [, [status, answer]] = Object.entries(answers).find(([end]) => path.endsWith(end)) ?? [
        "",
        [404, {}],
      ];
      response.statusCode = status;
      response.end(JSON.stringify(answer));
    });
  });
});

afterAll(() => {
  server.end();
});

beforeEach(() => {
  for (const name of ["DYNENV_GATEWAY", "DYNENV_INGRESS_CLASS"]) vi.stubEnv(name, "");
  isOwner = false;
  answers = {
    "/namespaces/env-production": [200, own],
    localsubjectaccessreviews: [201, { status: { allowed: false } }],
    "/namespaces/env-production/ingresses": [200, { items: [] }],
  };
});

function config(): KubeConfig {
  const made = new KubeConfig();
  made.loadFromString(kubeconfig(`https://localhost:${String(server.port)}`));
  return made;
}

async function refusal(
  settings: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<string> {
  const all: Record<string, string | undefined> = { kind: "standing", ...settings };
  const asked = { env, configured: (key: string) => all[key], tell: () => undefined };
  return requireDeployRights(config(), "production", asked).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
}

describe("a login of a standing environment's namespace alone", () => {
  it("updates it", async () => {
    expect(await refusal()).toBe("");
  });

  it("does not make it, which its owner does", async () => {
    answers["/namespaces/env-production"] = [404, {}];
    expect(await refusal()).toMatch(/may not create, list, watch namespaces.*: the cluster's owner makes/);
    isOwner = true;
    expect(await refusal()).toBe("");
  });

  it("does not deploy a preview", async () => {
    expect(await refusal({ kind: "preview" })).toMatch(
      /may not create, list, watch namespaces.*ci\/rbac.yaml/,
    );
  });

  it("is refused where previews could read what is there, once it has the rights", async () => {
    answers.localsubjectaccessreviews = [201, { status: { allowed: true } }];
    expect(await refusal()).toMatch(/^namespace env-production is open to previews/);
    expect(await refusal({ sharedWithPreviews: "previews may read its secrets" })).toBe("");
  });
});

describe("addresses", () => {
  const forbidden: [number, object] = [403, {}];

  beforeEach(() => {
    answers["/namespaces/env-production/httproutes"] = [200, routed];
    answers["/v1/gateways"] = forbidden;
  });

  it("are not taken away by a login that may not look for the Gateway", async () => {
    expect(await refusal()).toMatch(
      /^namespace env-production has addresses .*: set gateway, domain and gatewayPods in Pulumi\.production\.yaml/,
    );
  });

  it("are kept where the Gateway is named", async () => {
    expect(await refusal({ gateway: "gateway/public" })).toBe("");
    expect(await refusal({ ingressClass: "traefik" })).toBe("");
    expect(await refusal({}, { DYNENV_GATEWAY: "gateway/public" })).toBe("");
  });

  it("may go where it can be seen that there is no Gateway, and where there were none", async () => {
    answers["/v1/gateways"] = [200, { items: [] }];
    expect(await refusal()).toBe("");
    answers["/v1/gateways"] = [404, {}];
    expect(await refusal()).toBe("");
    answers["/v1/gateways"] = forbidden;
    answers["/namespaces/env-production/httproutes"] = [200, { items: [] }];
    expect(await refusal()).toBe("");
  });
});

it("the skew of versions is told, and a cluster that does not tell its own is none", async () => {
  const told: string[] = [];
  const tell = (line: string) => told.push(line);
  await tellSkew(config(), tell);
  answers["/version"] = [200, { gitVersion: "v1.30.2-eks-1" }];
  answers["/version/"] = [200, { gitVersion: "v1.30.2-eks-1" }];
  expect(told).toEqual([]);
  await tellSkew(config(), tell);
  expect(told).toHaveLength(1);
});
