import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { kubeConfig, requireAnswer } from "../../cli/access/clusterAccess.ts";
import { certificate, key, kubeconfig } from "./apiServer.ts";

it("each group that is impersonated is one, also of a server that speaks HTTP/2, as API servers do", async () => {
  let seen: string[] = [];
  const options = { cert: certificate, key, allowHTTP1: true };
  const server = createSecureServer(options, ({ rawHeaders }, response) => {
    seen = rawHeaders.filter((_value, index) => /^impersonate-group$/i.test(rawHeaders[index - 1] ?? ""));
    response.setHeader("content-type", "application/json");
    response.end('{"gitVersion": "v1.36.0"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "dynenv-"));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "config");
  const { port } = server.address() as AddressInfo;
  const user = { token: "t", as: "jane", "as-groups": ["a", "b"] };
  writeFileSync(path, kubeconfig(`https://127.0.0.1:${String(port)}`, user));
  await requireAnswer(kubeConfig({ KUBECONFIG: path }));
  expect(seen).toEqual(["a", "b"]);
});
