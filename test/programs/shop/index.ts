import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  ApplicationImage,
  EnvironmentAccess,
  NetworkIsolation,
  ReadinessCheck,
  RegistrySecret,
  ResourceLimits,
  EnvironmentNamespace,
  BackingServices,
  TestRunner,
  type Gateway,
  type ImageSource,
} from "dynamic-environments";
import { subset } from "dynamic-environments/model";
import { catalogue, wanted } from "./catalogue.ts";

const config = new pulumi.Config();
const context = config.require("context");
const provider = new k8s.Provider("cluster", {
  kubeconfig: "",
  context,
  clusterIdentifier: context,
  enableServerSideApply: false,
});
const login = {
  server: config.require("server"),
  username: config.require("username"),
  password: config.requireSecret("password"),
};
const commit = config.require("commit");

// The same image serves as the shop's test image, and as the application of other stacks.
const { image } = new ApplicationImage("deals", {
  build: {
    repository: `${login.server}/reuse/deals`,
    ref: "main",
    commit,
    context: config.require("contextFolder"),
    args: { BASE: config.require("baseImage") },
    ...login,
  },
});
const environment = new EnvironmentNamespace(
  "shop",
  { stack: pulumi.getStack(), project: "reuse/shop", ref: "main", commit },
  { provider },
);
const namespace = environment.namespaceName;
const opts = { provider, deletedWith: environment.namespace };
const { secretName } = new RegistrySecret("registry", { namespace, logins: [login] }, opts);
const chosen = catalogue();
const services = subset(chosen, wanted);
// The policies can be those of another graph, which shows that they follow from it.
const permitted = subset(catalogue(config.get("droppedEdge")), wanted);
const dependsOn = [
  new ResourceLimits("limits", { namespace, services, cap: { pods: 40, memory: "32Gi" } }, opts),
  new NetworkIsolation(
    "isolation",
    {
      namespace,
      services: permitted,
      gateway: config.requireObject<Gateway>("gateway"),
    },
    opts,
  ),
];
new EnvironmentAccess("access", { namespace, users: ["ada@example.com"] }, opts);
const shop = new BackingServices(
  "sock-shop",
  {
    ...wanted,
    namespace,
    catalogue: chosen,
    imageSource: config.requireObject<ImageSource>("images"),
    pullSecrets: [secretName],
  },
  { ...opts, dependsOn },
);
const { serviceAccountName } = new TestRunner(
  "tests",
  { namespace, services, commit, image, command: ["node", "--version"], pullSecrets: [secretName] },
  { ...opts, dependsOn },
);
new ReadinessCheck(
  "readiness",
  {
    ...{ namespace, services, commit, image, serviceAccountName },
    application: "front-end",
    revisions: shop.revisions,
  },
  { ...opts, dependsOn },
);

export const outputs = { namespace, image, addresses: shop.addresses };
