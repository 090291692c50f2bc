import * as components from "../../components/index.ts";
import type { Service } from "../../components/index.ts";
import { service } from "./randomServices.ts";
import { image } from "./wrongEnvironments.ts";

export const namespace = "staging";
export const deals = service("deals");
export const gone = service("deals", { uses: ["gone"] });
const run = { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" };

export const deployment =
  (more: Record<string, unknown>, args: object = {}) =>
  () =>
    new components.ServiceDeployment("x", { namespace, image, service: { ...deals, ...more }, ...args });
export const isolation =
  (...services: Service[]) =>
  () =>
    new components.NetworkIsolation("x", { namespace, services });
export const gateway = {
  ...{ domain: "previews.example.com", name: "gateway/previews" },
  pods: { namespace: "traefik" },
};
export const route =
  (more: Record<string, unknown>, args: object = {}) =>
  () =>
    new components.Route("x", { namespace, gateway, service: { ...deals, ...more }, ...args });
export const limits =
  (cap: Record<string, unknown>, ...services: Service[]) =>
  () =>
    new components.ResourceLimits("x", { namespace, services, cap });
export const backing = (more: object) => () =>
  new components.BackingServices("x", { namespace, catalogue: components.sockShop, ...more });
export const ownNamespace = (more: object) => () =>
  new components.EnvironmentNamespace("x", { ...run, ...more });
export const tests = (more: object) => () =>
  new components.TestRunner("x", {
    ...{ namespace, image, services: [deals], commit: "9dff06f", command: ["test"] },
    ...more,
  });
export const check = (more: object) => () =>
  new components.ReadinessCheck("x", {
    ...{ namespace, image, services: [deals], application: "deals", commit: "9dff06f" },
    ...{ revisions: { deals: "r1" }, serviceAccountName: "test-runner", ...more },
  });
export const access = (more: object) => () => new components.EnvironmentAccess("x", { namespace, ...more });
export const login = (more: object) => () =>
  new components.RegistrySecret("x", {
    ...{ namespace, logins: [{ server: "registry.example.com", token: "t" }] },
    ...more,
  });
export const applicationImage = (args: object) => () => new components.ApplicationImage("x", args);
export const probeImage = (more: object) => () =>
  new components.ProbeImage("x", { repository: "registry.example.com/shop/probe", base: image, ...more });
