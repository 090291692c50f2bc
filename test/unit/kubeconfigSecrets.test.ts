import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kubeconfigSecrets } from "../../cli/access/kubeconfigSecrets.ts";

test("what a login plugin is given by a name that says so is secret", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  const path = join(folder, "config");
  const env = [
    { name: "VAULT_TOKEN", value: "hvs.token" },
    { name: "REGION", value: "eu-central" },
  ];
  const args = ["login", "--password", "s3cr3t-pass", "--client-secret=s3cr3t-id", "--region=eu-west-1"];
  writeFileSync(
    path,
    JSON.stringify({ users: [{ name: "a", user: { exec: { command: "sh", env, args } } }] }),
  );
  expect(kubeconfigSecrets(path).toSorted()).toEqual(["hvs.token", "s3cr3t-id", "s3cr3t-pass"]);
  rmSync(folder, { recursive: true });
});

test("what a kubeconfig's users log in with is secret, and nothing else in it", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  const path = join(folder, "config");
  const users = [
    { name: "a", user: { token: "t0ken-t0ken", tokenFile: "/run/token", "client-key-data": "a2V5LWRhdGE=" } },
    { name: "b", user: { username: "person", password: "s3cr3t-pass", "client-key": "/run/key" } },
    { name: "c", user: { "auth-provider": { name: "oidc", config: { "id-token": "id-t0ken" } } } },
  ];
  writeFileSync(path, JSON.stringify({ clusters: [{ name: "a", cluster: { server: "https://a" } }], users }));
  expect(kubeconfigSecrets(path)).toEqual(["t0ken-t0ken", "a2V5LWRhdGE=", "s3cr3t-pass", "id-t0ken"]);
  writeFileSync(path, "users: [");
  expect([kubeconfigSecrets(path), kubeconfigSecrets("/nowhere")]).toEqual([[], []]);
  rmSync(folder, { recursive: true });
});
