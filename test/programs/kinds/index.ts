import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment } from "../../../components/index.ts";
import { caller, echo, idler, worker } from "./services.ts";

const config = new pulumi.Config();
const context = config.require("context");
const image = config.require("image");
const [, prefix = "", repository = "", digest = ""] = /^([^/]+)\/([^:@]+)[^@]*@(.*)$/.exec(image) ?? [];
const published = { image: { repository, tag: "node", digest } };
const provider = new k8s.Provider("cluster", {
  kubeconfig: "",
  context,
  clusterIdentifier: context,
  enableServerSideApply: false,
});

const environment = new EphemeralEnvironment(
  "kinds",
  {
    identity: { stack: pulumi.getStack(), project: "test/kinds", ref: "main", commit: "9dff06f" },
    application: {
      ...{ ...caller, image },
      files: {
        "/etc/caller/settings.json": JSON.stringify({ level: config.get("level") ?? "info" }),
        "/tmp/motd": "hello",
      },
      secretFiles: { "/etc/caller/key.pem": config.requireSecret("key") },
    },
    backing: {
      catalogue: {
        services: [echo, worker, idler].map((service) => ({ ...service, ...published })),
        functions: {},
      },
      names: ["worker", "idler"],
      imageSource: { prefix },
    },
    registry: {
      logins: [
        {
          server: config.require("server"),
          username: config.require("username"),
          password: config.requireSecret("password"),
        },
      ],
    },
    readiness: { withinSeconds: 60 },
    tests: [{ command: ["node", "--version"] }],
  },
  { provider },
);

export const addresses = environment.addresses;
