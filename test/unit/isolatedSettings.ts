import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, vi } from "vitest";

export const password = "correct-horse-battery";
export const digest = `sha256:${"a".repeat(64)}`;

/** The settings without which there is no stack. */
export const required = {
  ref: "main",
  commit: "9dff06f",
  registry: "registry.example.com",
  registryUser: "puller",
  registryPassword: password,
};

export const variables = {
  project: "DYNENV_PROJECT",
  ref: "DYNENV_REF",
  commit: "DYNENV_COMMIT",
  mergeRequest: "DYNENV_MERGE_REQUEST",
  images: "DYNENV_SERVICE_IMAGES",
  baseImage: "DYNENV_BASE_IMAGE",
  imageRepository: "CI_REGISTRY_IMAGE",
  registry: "CI_REGISTRY",
  registryUser: "CI_REGISTRY_USER",
  registryPassword: "CI_REGISTRY_PASSWORD",
  pullUser: "DYNENV_PULL_USER",
  pullPassword: "DYNENV_PULL_PASSWORD",
  pullLogins: "DYNENV_PULL_LOGINS",
  trust: "DYNENV_TRUST",
  deployedAt: "DYNENV_DEPLOYED_AT",
  imagePrefix: "DYNENV_IMAGE_PREFIX",
  standIns: "DYNENV_STAND_INS",
};

export const gatewayVariables = {
  domain: "DYNENV_DOMAIN",
  gateway: "DYNENV_GATEWAY",
  ingressClass: "DYNENV_INGRESS_CLASS",
  tls: "DYNENV_TLS",
  gatewayPods: "DYNENV_GATEWAY_PODS",
  gatewayAddress: "DYNENV_GATEWAY_ADDRESS",
};

export function configure(settings: Record<string, string>): void {
  const entries = Object.entries(settings).map(([key, value]): [string, string] => [`dynenv:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries));
}

/** Each test starts in an empty folder, with no setting from outside. */
export function isolateSettings(): void {
  const folder = process.cwd();
  let empty: string;
  beforeEach(async () => {
    const others = ["KUBECONFIG", "KUBE_CONTEXT", "GITHUB_ACTIONS", "CI_PROJECT_PATH", "CI_COMMIT_REF_NAME"];
    others.push(
      "CI_MERGE_REQUEST_IID",
      "CI_DEPLOY_USER",
      "CI_DEPLOY_PASSWORD",
      ...Object.values(gatewayVariables),
    );
    for (const name of [...Object.values(variables), ...others, "CI_COMMIT_SHA"]) vi.stubEnv(name, undefined);
    const mocks = { call: () => ({}), newResource: () => ({ id: "", state: {} }) };
    await pulumi.runtime.setMocks(mocks, "dynenv", "s-1");
    empty = mkdtempSync(join(tmpdir(), "settings-"));
    process.chdir(empty);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    pulumi.runtime.setAllConfig({});
    process.chdir(folder);
    rmSync(empty, { recursive: true });
  });
}
