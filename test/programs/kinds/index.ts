import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment } from "../../../components/index.ts";
import { caller, echo, idler, worker } from "./services.ts";

const config = new pulumi.Config();
const context = config.require("context");
const image = config.require("image");
const [, prefix = "", repository = "", digest = ""] = /^([^/]+)\/([^:@]+)[^@]*@(.*)$/.exec(image) ?? [];
const published = { image: { repository, tag: "node", digest } };
// By tag where one is given: a container beside the application, a service of the catalogue and the tests.
const tag = config.get("tag");
const byTag = tag === undefined ? {} : { image: `${prefix}/${tag}` };
// Of a registry with a login of its own, unless it is by tag.
const beside = { image: config.require("private"), ...byTag };
const [taggedRepository = "", named = ""] = tag?.split(":") ?? [];
const publishedByTag =
  tag === undefined ? published : { image: { repository: taggedRepository, tag: named } };
const provider = new k8s.Provider("cluster", {
  kubeconfig: "",
  context,
  clusterIdentifier: context,
  enableServerSideApply: false,
});

const environment = new EphemeralEnvironment(
  "kinds",
  {
    identity: {
      stack: pulumi.getStack(),
      project: "test/kinds",
      ref: "main",
      commit: config.get("commit") ?? "9dff06f",
    },
    application: {
      ...{ ...caller, image },
      sidecars: caller.sidecars?.map((one) => ({ ...one, ...beside })) ?? [],
      files: {
        "/etc/caller/settings.json": JSON.stringify({ level: config.get("level") ?? "info" }),
        "/tmp/motd": "hello",
      },
      secretFiles: { "/etc/caller/key.pem": config.requireSecret("key") },
    },
    backing: {
      catalogue: {
        services: [
          ...[echo, worker].map((service) => ({ ...service, ...published })),
          { ...idler, ...publishedByTag },
        ],
        functions: {},
      },
      names: ["worker", "idler"],
      imageSource: { prefix },
    },
    registry: {
      dockerConfig: config.requireSecret("otherLogins"),
      logins: [
        {
          server: config.require("server"),
          username: config.require("username"),
          password: config.requireSecret("password"),
        },
      ],
    },
    readiness: { withinSeconds: 60 },
    tests: [{ command: ["node", "--version"], ...byTag }],
  },
  { provider },
);

export const addresses = environment.addresses;
export const images = environment.images;
