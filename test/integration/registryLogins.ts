import { expect } from "vitest";
import { kubectl, shell, uniqueName } from "./shell.ts";

interface DockerConfig {
  auths: Record<string, { auth: string } | undefined>;
}

/** Tries what the login that lies in a namespace is good for, and the same with the one that builds push with. */
export async function expectPullOnly(namespace: string, image: string): Promise<void> {
  const { CI_REGISTRY: registry = "", CI_REGISTRY_USER = "", CI_REGISTRY_PASSWORD = "" } = shell;
  const path = "jsonpath={.data.\\.dockerconfigjson}";
  const data = await kubectl("get", "secret", "gitlab-registry", "-n", namespace, "-o", path);
  const { auths } = JSON.parse(Buffer.from(data, "base64").toString()) as DockerConfig;
  const pull = auths[registry]?.auth ?? "";
  const push = btoa(`${CI_REGISTRY_USER}:${CI_REGISTRY_PASSWORD}`);
  const repository = image.slice(registry.length + 1).replace(/[:@].*/, "");
  const status = async (auth: string, method: string, rest: string) => {
    const headers = {
      ...(auth !== "" && { authorization: `Basic ${auth}` }),
      accept: "application/vnd.docker.distribution.manifest.v2+json",
    };
    const url = `http://${registry}/v2/${rest}`;
    return (await fetch(url, { method, headers, signal: AbortSignal.timeout(5000) })).status;
  };
  const manifest = `${repository}/manifests/${image.replace(/.*@/, "")}`;
  const upload = `${uniqueName("taken")}/blobs/uploads/`;
  expect(await status(push, "GET", manifest)).toBe(200);
  expect(await status("", "GET", manifest)).toBe(401);
  expect(await status(pull, "POST", upload)).toBe(401);
  expect(await status(pull, "POST", `${repository}/blobs/uploads/`)).toBe(401);
  expect(await status(pull, "PUT", `${repository}/manifests/taken`)).toBe(401);
  expect(await status(pull, "DELETE", manifest)).toBe(401);
  expect(await status(push, "POST", upload)).toBe(202);
}
