import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment, type PublishedImage } from "dynamic-environments";

const config = new pulumi.Config();
const context = config.require("context");
const provider = new k8s.Provider("cluster", {
  kubeconfig: "",
  context,
  clusterIdentifier: context,
  enableServerSideApply: false,
});
const image = config.require("image");
const requests = { cpu: "10m", memory: "32Mi" };
const limits = { cpu: "500m", memory: "128Mi" };
const common = { port: 80, containerPort: 8080, healthPath: "/", requests, limits };

/** Keeps the lines that it is told, and shows them all. */
const notes = `
  const lines = [];
  process.on("SIGTERM", () => process.exit());
  require("node:http").createServer((request, response) => {
    if (request.method === "POST") lines.push(decodeURIComponent(request.url.slice(1)));
    response.end(JSON.stringify(lines));
  }).listen(8080);`;

/** Tells that line to it. */
const noted = (line: string) =>
  `await fetch("http://" + process.env.NOTES_ADDRESS + "/" + encodeURIComponent(${line}), { method: "POST" });`;

/** A service that tells of its start, and then answers with what it was started as. */
const server = `
  import { createServer } from "node:http";
  process.on("SIGTERM", () => process.exit());
  // The policies of a new pod take a moment.
  for (let isNoted = false; !isNoted; )
    try {
      ${noted('"starts " + process.env.EDITION')}
      isNoted = true;
    } catch {
      await new Promise((next) => setTimeout(next, 50));
    }
  createServer((request, response) => response.end(JSON.stringify(process.env.EDITION))).listen(8080);`;
const node = (text: string) => ["node", "--input-type=module", "--eval", text];

/** Each step as a program; a line that it notes stands for one. */
const before = config.requireObject<string[]>("before");
const steps = before.map((step) => node(step.includes("(") ? step : noted(`"${step}"`)));

const { namespaceName } = new EphemeralEnvironment(
  "steps",
  {
    identity: {
      stack: pulumi.getStack(),
      project: config.require("project"),
      ref: "main",
      commit: config.require("commit"),
    },
    application: {
      ...common,
      ...{ name: "api", image, command: node(server), replicas: 3, uses: ["notes"], before: steps },
      variables: { EDITION: config.require("edition") },
      tasks: {
        nightly: { command: node(`${noted('"tidies"')} console.log("tidied up");`), schedule: "0 3 * * *" },
        broken: { command: node('throw new Error("nothing to tidy")'), schedule: "@weekly" },
      },
    },
    backing: {
      catalogue: {
        services: [
          {
            ...common,
            ...{ name: "notes", command: ["node", "--eval", notes] },
            image: config.requireObject<PublishedImage>("notesImage"),
          },
        ],
        functions: {},
      },
      imageSource: { prefix: config.require("prefix") },
    },
    tests: [{ command: ["node", "--version"] }],
  },
  { provider },
);

export const namespace = namespaceName;
