import * as pulumi from "@pulumi/pulumi";
import { shop } from "../../example/shop.ts";
import { construct, type Construction } from "../../rendering/construction.ts";
import { previewStack } from "../../stacks/preview.ts";
import { noServiceSettings } from "../../stacks/serviceSettings.ts";
import type { Settings } from "../../stacks/settings.ts";
import { pushPassword, registryPassword } from "./passwords.ts";

export const exampleSettings: Settings = {
  kind: "preview",
  stack: "feature-login-abcdefghijkl",
  project: "shop/deals",
  ref: "feature/login",
  commit: "0123456789abcdef0123456789abcdef01234567",
  mergeRequest: undefined,
  ...noServiceSettings,
  images: { deals: `registry.example.com/shop/deals@sha256:${"1".repeat(64)}` },
  secret: () => undefined,
  baseImage: undefined,
  imageRepository: "registry.example.com/shop",
  registry: {
    server: "registry.example.com",
    username: "pusher",
    password: pulumi.secret(pushPassword),
  },
  pull: {
    server: "registry.example.com",
    username: "puller",
    password: pulumi.secret(registryPassword),
  },
  pullLogins: undefined,
  dirty: () => undefined,
  functions: [],
  services: [],
  trust: "trusted",
  ttl: undefined,
  deployedAt: undefined,
  cap: {},
  nodeSelector: {},
  imagePrefix: "mirror.example.com",
  standIns: {},
  kubeContext: () => "example-cluster",
  gateway: undefined,
  readyWithinSeconds: 150,
  lock: undefined,
};

/** Builds the preview stack against a mocked engine and waits for all of its resources. */
export async function constructPreview(changes: Partial<Settings> = {}): Promise<Construction> {
  const settings = { ...exampleSettings, ...changes };
  return construct(() => previewStack(shop(), settings), settings.stack);
}
