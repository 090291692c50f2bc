import * as pulumi from "@pulumi/pulumi";
import {
  type DeployedService,
  EphemeralEnvironment,
  type EphemeralEnvironmentArgs,
  sockShop,
} from "../../components/index.ts";
import { service } from "./randomServices.ts";

/** What is wrong, the component that is told, how it is built, its sentence. */
export type WrongArguments = [string, string, () => unknown, string];

export const image = `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`;
export const imageExample = `registry.example.com/shop/deals@sha256:${"0".repeat(64)}`;
export const build = {
  repository: "registry.example.com/shop/deals",
  ...{ ref: "main", commit: "9dff06f", context: "." },
};
export const portRule = "a whole number from 1 to 65535, such as 80";
export const secondsRule = (min: number, max: number) =>
  `a whole number of seconds from ${String(min)} to ${String(max)}, such as 150`;
export const either =
  "give either image, a reference by digest, or build, such as { repository, context, ... }";
const ofApplication =
  "give either application.image, a reference by tag or digest, or application.build, such as { repository, context, ... }";

export const prefixRule = "a registry's host, with a path in lower case if it needs one, such as docker.io";

export const stackRule =
  "1 to 94 letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no -image at the end, such as feature-login";
export const lineRule = "a line of 1 to 512 characters without control characters";

type Changes<T> = Partial<T> | Record<string, unknown>;

const identity = { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" };

export const environment = (more: Changes<EphemeralEnvironmentArgs>) => () =>
  new EphemeralEnvironment("x", {
    identity,
    application: { ...service("deals"), image },
    backing: { catalogue: sockShop },
    tests: [{ command: ["test"] }],
    ...more,
  });
export const withIdentity = (more: Record<string, unknown>) =>
  environment({ identity: { ...identity, ...more } });
const withApplication = (more: Changes<DeployedService>) =>
  environment({ application: { ...service("deals"), image, ...more } });
const built = (more: Record<string, unknown>) =>
  withApplication({ image: undefined, build: { ...build, ...more } });
export const withBacking = (more: Record<string, unknown>) =>
  environment({ backing: { catalogue: sockShop, ...more } });
const published = { repository: "shop/page", tag: "1", digest: `sha256:${"2".repeat(64)}` };
const withImage = (found: object | undefined) => {
  const page = { ...service("page"), ...(found && { image: found }) };
  return withBacking({ catalogue: { services: [page], functions: {} }, names: ["page"] });
};

const cases: [string, () => unknown, string][] = [
  [
    "an unknown service",
    withBacking({ names: ["catalouge"] }),
    'service "catalouge" is not in the graph: did you mean catalogue?',
  ],
  [
    "an unknown function",
    withBacking({ functions: ["logn"] }),
    'function "logn" is not in the catalogue: did you mean login?',
  ],
  [
    "an image that is built from another commit",
    built({ commit: "0123456" }),
    'application.build.commit is "0123456" but must be "9dff06f", as identity.commit is',
  ],
  [
    "an image that is built from another branch",
    built({ ref: "feature/login" }),
    'application.build.ref is "feature/login" but must be "main", as identity.ref is',
  ],
  [
    "an application that does not tell its commit, of another one",
    built({ commit: "0123456", tellsCommit: false }),
    'application.build.commit is "0123456" but must be "9dff06f", as identity.commit is',
  ],
  [
    "a service that tells its commit, of another one",
    environment({ services: [{ ...service("api"), build: { ...build, commit: "0123456" } }] }),
    'services[0].build.commit is "0123456" but must be "9dff06f", as identity.commit is',
  ],
  [
    "a stage that there cannot be",
    built({ target: "-x" }),
    'application.build.target is "-x" but must be a stage of the Dockerfile, such as runtime',
  ],
  [
    "an application that uses an unknown service",
    withApplication({ uses: ["catalog"] }),
    'service "catalog", which deals uses, is not in the graph: did you mean catalogue?',
  ],
  [
    "a port out of range",
    withApplication({ port: 70_000 }),
    `port of service "deals" is 70000 but must be ${portRule}`,
  ],
  [
    "a wrong quantity",
    withApplication({ limits: { cpu: "1", memory: "1gb" } }),
    'limits.memory of service "deals" is "1gb" but must be a memory quantity above zero, such as 128Mi or 1Gi',
  ],
  [
    "an application with the name of a service of the catalogue",
    withApplication({ name: "catalogue" }),
    'two services are named "catalogue": give one of them another name',
  ],
  [
    "an application without a name",
    withApplication({ name: "" }),
    'application.name is "" but must be a DNS label with a letter first, such as catalogue-db',
  ],
  [
    "a password of a service that there is not",
    withApplication({ passwords: { DB_PASSWORD: "catalouge-db" } }),
    'service "catalouge-db", whose password deals takes, is not in the graph: did you mean catalogue-db?',
  ],
  [
    "a service of the catalogue without an image",
    withImage(undefined),
    'image of service "page" is missing: give its repository and tag, as Sock Shop\'s services do',
  ],
  [
    "a service of the catalogue whose digest is none",
    withImage({ ...published, digest: "latest" }),
    `image.digest of service "page" is "latest" but must be a digest, such as sha256:${"0".repeat(64)}`,
  ],
  [
    "a variable that no container can have",
    withApplication({ secrets: { "A B": "x" } }),
    'application.secrets has the key "A B" but its keys must be names of variables, such as LOG_LEVEL',
  ],
  [
    "secrets of a service that is not deployed",
    withBacking({ names: ["user-db"], serviceSecrets: { userdb: { TOKEN: "x" } } }),
    'backing.serviceSecrets["userdb"] names a service that is not deployed from the catalogue: did you mean user-db?',
  ],
  [
    "secrets of the application among those of the catalogue",
    withBacking({ names: ["user-db"], serviceSecrets: { deals: { TOKEN: "x" } } }),
    'backing.serviceSecrets["deals"] names a service that is not deployed from the catalogue: known are user-db',
  ],
  [
    "a service's secret variable that it has already",
    withBacking({ names: ["catalogue"], serviceSecrets: { catalogue: { CATALOGUE_DB_ADDRESS: "x" } } }),
    'variable CATALOGUE_DB_ADDRESS of service "catalogue" is set twice, among its own ones, backing.serviceSecrets["catalogue"]: set it once',
  ],
  [
    "a service's secret variable that no container can have",
    withBacking({ names: ["user-db"], serviceSecrets: { "user-db": { "A B": "x" } } }),
    'backing.serviceSecrets["user-db"] has the key "A B" but its keys must be names of variables, such as LOG_LEVEL',
  ],
  [
    "an output in the place of a service's secret variables",
    withBacking({ names: ["user-db"], serviceSecrets: { "user-db": pulumi.output({ TOKEN: "x" }) } }),
    'backing.serviceSecrets["user-db"] must be an object from variable to value, such as { "user-db": { PASSWORD: "..." } }',
  ],
  [
    "a list in the place of services' secrets",
    withBacking({ serviceSecrets: [] }),
    'backing.serviceSecrets must be an object from a service\'s name to its secret variables, such as { "user-db": { PASSWORD: "..." } }',
  ],
  [
    "a build of an empty commit",
    built({ commit: "" }),
    'application.build.commit is "" but must be a text, such as 9dff06f',
  ],
  [
    "a build with part of a login",
    built({ server: "registry.example.com" }),
    "application.build has server alone: a login is server, username and password",
  ],
  [
    "an optional use of an unknown service",
    withApplication({ optionalUses: [{ service: "sesion-db" }] }),
    'service "sesion-db", which deals may use, is not known: did you mean session-db?',
  ],
  [
    "an unknown key of the placement",
    environment({ placement: { nodeselector: { pool: "previews" } } }),
    "placement has the unknown key nodeselector: did you mean nodeSelector?",
  ],
  [
    "a destination that is never permitted",
    withApplication({ egress: [{ cidr: "169.254.169.254/32", port: 80 }] }),
    "egress to 169.254.169.254/32 is never permitted: it leads to a cloud's metadata address; name another one, such as 203.0.113.0/24",
  ],
  [
    "a cap lower than one pod",
    environment({ cap: { pods: 0 } }),
    "cap.pods is 0 but must be a whole number of pods, such as 20",
  ],
  [
    "a cap lower than what is needed",
    environment({ cap: { pods: 3 } }),
    "cap.pods is 3 but the environment needs 4: raise the cap to 4 or deploy fewer services",
  ],
  [
    "a cap that is none",
    environment({ cap: { memory: "1gb" } }),
    'cap.memory is "1gb" but must be a memory quantity above zero, such as 128Mi or 1Gi',
  ],
  ["an unknown trust", environment({ trust: "forks" }), 'trust is "forks" but must be trusted or fork'],
  ["neither image nor build", withApplication({ image: undefined }), ofApplication],
  ["both image and build", withApplication({ build }), ofApplication],
  [
    "a build of a fork",
    environment({ application: { ...service("deals"), build }, trust: "fork" }),
    "trust is fork, which pushes no image: give application.image, a reference by digest, instead of application.build",
  ],
  [
    "an image without a tag",
    withApplication({ image: "deals" }),
    'application.image is "deals" but must be a reference by tag or digest, such as postgres:16',
  ],
  [
    "a readiness image by its tag",
    environment({ readiness: { image: "node:24" } }),
    `readiness.image is "node:24" but must be a reference by digest, such as ${imageExample}`,
  ],
  ...["project", "ref", "commit"].map((argument): [string, () => unknown, string] => [
    `an empty ${argument}`,
    withIdentity({ [argument]: "" }),
    `identity.${argument} is "" but must be ${lineRule}, such as ${{ project: "shop/deals", ref: "feature/login", commit: "9dff06f" }[argument] ?? ""}`,
  ]),
  [
    "images from nowhere",
    withBacking({ imageSource: { prefix: "" } }),
    `backing.imageSource.prefix is "" but must be ${prefixRule}`,
  ],
  [
    "a stand-in without a digest",
    withBacking({
      imageSource: { prefix: "docker.io", standIns: { "weaveworksdemos/user:0.4.7": "latest" } },
    }),
    `backing.imageSource.standIns["weaveworksdemos/user:0.4.7"] is "latest" but must be a digest, such as sha256:${"0".repeat(64)}`,
  ],
  [
    "an empty Docker configuration",
    environment({ registry: { dockerConfig: "" } }),
    'registry.dockerConfig is "" but must be a text, such as {"auths": {}}',
  ],
  [
    "an empty name of the stack",
    withIdentity({ stack: "" }),
    `identity.stack is "" but must be ${stackRule}`,
  ],
  [
    "the name of an image's stack",
    withIdentity({ stack: "login-image" }),
    `identity.stack is "login-image" but must be ${stackRule}`,
  ],
];

/** Cases of what is wrong with an environment, how it is built, and the sentence. */
export const ofEnvironments = (cases: [string, () => unknown, string][]): WrongArguments[] =>
  cases.map(([what, construct, sentence]) => [what, "EphemeralEnvironment", construct, sentence]);

export const wrongEnvironments = ofEnvironments(cases);
