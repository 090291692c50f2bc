import { text } from "node:stream/consumers";
import { KubeConfig, type V1LocalSubjectAccessReview } from "#bundled/kubernetes";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { requireKeptFromPreviews, subjectOf, type PreviewSettings } from "../../cli/access/previewsAccess.ts";
import { apiServer, kubeconfig, type ApiServer } from "./apiServer.ts";

let server: ApiServer;
let allowed: string[] = [];
let status = 201;
let asked: V1LocalSubjectAccessReview["spec"][] = [];

beforeAll(async () => {
  server = await apiServer((request, response) => {
    void text(request).then((body) => {
      const { spec } = JSON.parse(body) as V1LocalSubjectAccessReview;
      asked.push(spec);
      const { resourceAttributes: wanted } = spec;
      const way = [wanted?.verb, wanted?.resource, wanted?.subresource]
        .filter((part) => part !== undefined)
        .join(" ");
      response.setHeader("content-type", "application/json");
      response.statusCode = status;
      response.end(JSON.stringify({ spec, status: { allowed: allowed.includes(way) } }));
    });
  });
});

afterAll(() => {
  server.end();
});

beforeEach(() => {
  [allowed, asked, status] = [[], [], 201];
});

async function outcome(settings: PreviewSettings = {}): Promise<{ told: string[]; error?: unknown }> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig(`https://localhost:${String(server.port)}`));
  const told: string[] = [];
  try {
    await requireKeptFromPreviews(config, "env-production", settings, (line) => told.push(line));
    return { told };
  } catch (error) {
    return { told, error };
  }
}

describe("a standing environment", () => {
  it("is deployed without a word where previews reach nothing of it", async () => {
    expect(await outcome()).toEqual({ told: [] });
    expect(asked).toHaveLength(4);
    for (const { user, groups, resourceAttributes } of asked)
      expect({ user, groups, namespace: resourceAttributes?.namespace }).toEqual({
        user: "system:serviceaccount:dynenv-ci:ci",
        groups: ["system:serviceaccounts", "system:serviceaccounts:dynenv-ci", "system:authenticated"],
        namespace: "env-production",
      });
  });

  it.each(["get secrets", "list secrets", "create pods exec", "get pods exec"])(
    "is refused where previews may %s, with exit code 2",
    async (way) => {
      allowed = [way];
      const { error } = await outcome({ identity: "ci" });
      expect(error).toMatchObject({ exitCode: 2 });
      expect((error as Error).message).toBe(
        `namespace env-production is open to previews, whose identity "ci" may ${way.replace("pods exec", "pods/exec")} there: leave it without that right, which docs/standing.md explains, or, if that is meant, set dynenv:sharedWithPreviews to "previews may read its secrets"`,
      );
    },
  );

  it("is deployed where its settings say in these words that it is meant, and is refused by any others", async () => {
    allowed = ["get secrets"];
    expect(await outcome({ shared: "previews may read its secrets" })).toEqual({ told: [] });
    expect(asked).toEqual([]);
    expect((await outcome({ shared: "true" })).error).toMatchObject({ exitCode: 2 });
  });

  it("is deployed where this login may not ask, which is told", async () => {
    status = 403;
    const { told, error } = await outcome();
    expect(error).toBeUndefined();
    expect(told).toEqual([
      "whether previews can read the Secrets of namespace env-production is unknown: this login may not create localsubjectaccessreviews there, by which that is asked",
    ]);
  });

  it("is not deployed where the cluster does not answer the question", async () => {
    status = 500;
    expect((await outcome()).error).toMatchObject({ exitCode: 3 });
  });
});

it.each([
  ["oidc:ci", { user: "oidc:ci", groups: ["system:authenticated"] }],
  ["group:ci-jobs", { groups: ["ci-jobs", "system:authenticated"] }],
  ["system:serviceaccount:a:b:c", { user: "system:serviceaccount:a:b:c", groups: ["system:authenticated"] }],
])("the identity %s is asked for with its groups", (identity, subject) => {
  expect(subjectOf(identity)).toEqual(subject);
});
