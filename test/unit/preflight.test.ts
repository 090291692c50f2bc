import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { kubeConfig } from "../../cli/access/clusterAccess.ts";
import { requirePermissions } from "../../cli/access/preflight.ts";
import { apiServer, kubeconfig } from "./apiServer.ts";

interface Review {
  spec: { resourceAttributes: { resource: string; verb: string } };
}

it("an identity that lacks a right is told so in one sentence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dynenv-preflight-"));
  const server = await apiServer((request, response) => {
    void text(request).then((review) => {
      const { resource, verb } = (JSON.parse(review) as Review).spec.resourceAttributes;
      const allowed = resource !== "pods" || verb !== "delete";
      response.end(JSON.stringify({ status: { allowed } }));
    });
  });
  try {
    const path = join(folder, "config");
    writeFileSync(path, kubeconfig(`https://127.0.0.1:${String(server.port)}`));
    const asked = requirePermissions(kubeConfig({ KUBECONFIG: path }), "env-x", "down");
    await expect(asked).rejects.toMatchObject({
      exitCode: 3,
      message:
        "the cluster's identity may not delete pods in namespace env-x: give it the role in ci/rbac.yaml, which docs/rbac.md explains",
    });
  } finally {
    server.end();
    rmSync(folder, { recursive: true });
  }
});
