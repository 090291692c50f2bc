import * as pulumi from "@pulumi/pulumi";
import { EphemeralEnvironment, type EphemeralEnvironmentArgs, type Service } from "../../components/index.ts";
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

export const prefixRule = "a registry's host, with a path in lower case if it needs one, such as docker.io";

type Changes<T> = Partial<T> | Record<string, unknown>;

const environment = (more: Changes<EphemeralEnvironmentArgs>) => () =>
  new EphemeralEnvironment("x", {
    ...{ stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" },
    ...{ image, application: service("deals"), testCommand: ["test"] },
    ...more,
  });
const withApplication = (more: Changes<Service>) =>
  environment({ application: { ...service("deals"), ...more } });
const published = { repository: "shop/page", tag: "1", digest: `sha256:${"2".repeat(64)}` };
const withImage = (found: object | undefined) => {
  const page = { ...service("page"), ...(found && { image: found }) };
  return environment({ catalogue: { services: [page], functions: {} }, services: ["page"] });
};

const cases: [string, () => unknown, string][] = [
  [
    "an unknown service",
    environment({ services: ["catalouge"] }),
    'service "catalouge" is not in the graph: did you mean catalogue?',
  ],
  [
    "an unknown function",
    environment({ functions: ["logn"] }),
    'function "logn" is not in the catalogue: did you mean login?',
  ],
  [
    "an image that is built from another commit",
    environment({ image: undefined, build: { ...build, commit: "0123456" } }),
    'build.commit is "0123456" but must be "9dff06f", as commit of the environment is',
  ],
  [
    "an image that is built from another branch",
    environment({ image: undefined, build: { ...build, ref: "feature/login" } }),
    'build.ref is "feature/login" but must be "main", as ref of the environment is',
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
    'image of service "page" is missing: give its repository, tag and digest, as Sock Shop\'s services do',
  ],
  [
    "a service of the catalogue whose digest is none",
    withImage({ ...published, digest: "latest" }),
    `image.digest of service "page" is "latest" but must be a digest, such as sha256:${"0".repeat(64)}`,
  ],
  [
    "a variable that no container can have",
    environment({ secrets: { "A B": "x" } }),
    'secrets has the key "A B" but its keys must be names of variables, such as LOG_LEVEL',
  ],
  [
    "secrets of a service that is not deployed",
    environment({ services: ["user-db"], serviceSecrets: { userdb: { TOKEN: "x" } } }),
    'serviceSecrets["userdb"] names a service that is not deployed from the catalogue: did you mean user-db?',
  ],
  [
    "secrets of the application among those of the catalogue",
    environment({ services: ["user-db"], serviceSecrets: { deals: { TOKEN: "x" } } }),
    'serviceSecrets["deals"] names a service that is not deployed from the catalogue: known are user-db',
  ],
  [
    "a service's secret variable that it has already",
    environment({ services: ["catalogue"], serviceSecrets: { catalogue: { CATALOGUE_DB_ADDRESS: "x" } } }),
    'variable CATALOGUE_DB_ADDRESS of service "catalogue" is set twice, among its own ones, serviceSecrets["catalogue"]: set it once',
  ],
  [
    "a service's secret variable that no container can have",
    environment({ services: ["user-db"], serviceSecrets: { "user-db": { "A B": "x" } } }),
    'serviceSecrets["user-db"] has the key "A B" but its keys must be names of variables, such as LOG_LEVEL',
  ],
  [
    "an output in the place of a service's secret variables",
    environment({ services: ["user-db"], serviceSecrets: { "user-db": pulumi.output({ TOKEN: "x" }) } }),
    'serviceSecrets["user-db"] must be an object from variable to value, such as { "user-db": { PASSWORD: "..." } }',
  ],
  [
    "a list in the place of services' secrets",
    environment({ serviceSecrets: [] }),
    'serviceSecrets must be an object from a service\'s name to its secret variables, such as { "user-db": { PASSWORD: "..." } }',
  ],
  [
    "a build of an empty commit",
    environment({ image: undefined, build: { ...build, commit: "" } }),
    'build.commit is "" but must be a text, such as 9dff06f',
  ],
  [
    "a build with part of a login",
    environment({ image: undefined, build: { ...build, server: "registry.example.com" } }),
    "build has server alone: a login is server, username and password",
  ],
  [
    "a soft use of an unknown service",
    withApplication({ softUses: [{ service: "sesion-db" }] }),
    'service "sesion-db", which deals uses softly, is not known: did you mean session-db?',
  ],
  [
    "an unknown key of the placement",
    environment({ placement: { nodeselector: { pool: "previews" } } }),
    "placement has the unknown key nodeselector: did you mean nodeSelector?",
  ],
  [
    "a missing name of the stack",
    environment({ stack: undefined }),
    "stack is missing: it must be 1 to 94 letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no -image at the end, such as feature-login",
  ],
  [
    "a text in the place of names of users",
    environment({ users: "ada@example.com" }),
    'users is "ada@example.com" but must be a list, such as ["ada@example.com"]',
  ],
  [
    "a missing command for the tests",
    environment({ testCommand: undefined }),
    'testCommand is missing: it must be a command, such as ["npm","test"]',
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
  ["neither image nor build", environment({ image: undefined }), either],
  ["both image and build", environment({ build }), either],
  [
    "a build of a fork",
    environment({ image: undefined, build, trust: "fork" }),
    "trust is fork, which pushes no image: give image, a reference by digest, instead of build",
  ],
  [
    "an image by its tag",
    environment({ image: "deals:latest" }),
    `image is "deals:latest" but must be a reference by digest, such as ${imageExample}`,
  ],
  [
    "a readiness image by its tag",
    environment({ readinessImage: "node:24" }),
    `readinessImage is "node:24" but must be a reference by digest, such as ${imageExample}`,
  ],
  ...["project", "ref", "commit"].map((argument): [string, () => unknown, string] => [
    `an empty ${argument}`,
    environment({ [argument]: "" }),
    `${argument} is "" but must be a line of 1 to 512 characters without control characters, such as ${{ project: "shop/deals", ref: "feature/login", commit: "9dff06f" }[argument] ?? ""}`,
  ]),
  [
    "images from nowhere",
    environment({ images: { prefix: "" } }),
    `images.prefix is "" but must be ${prefixRule}`,
  ],
  [
    "a stand-in without a digest",
    environment({ images: { prefix: "docker.io", standIns: { "weaveworksdemos/user:0.4.7": "latest" } } }),
    `images.standIns["weaveworksdemos/user:0.4.7"] is "latest" but must be a digest, such as sha256:${"0".repeat(64)}`,
  ],
  [
    "an empty Docker configuration",
    environment({ dockerConfig: "" }),
    'dockerConfig is "" but must be a text, such as {"auths": {}}',
  ],
  [
    "an empty name of the stack",
    environment({ stack: "" }),
    'stack is "" but must be 1 to 94 letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no -image at the end, such as feature-login',
  ],
  [
    "the name of an image's stack",
    environment({ stack: "login-image" }),
    'stack is "login-image" but must be 1 to 94 letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no -image at the end, such as feature-login',
  ],
  [
    "a time to live of weeks",
    environment({ ttl: "1w" }),
    'ttl is "1w" but must be a number of minutes, hours or days, such as 90m, 4h or 2d',
  ],
  [
    "no command for the tests",
    environment({ testCommand: [] }),
    'testCommand is [] but must be a command, such as ["npm","test"]',
  ],
  [
    "too short a time until it must be ready",
    environment({ readyWithinSeconds: 19 }),
    `readyWithinSeconds is 19 but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "an empty name of a user",
    environment({ users: [""] }),
    'users[0] is "" but must be a text, such as ada@example.com',
  ],
  [
    "an empty name of a group",
    environment({ groups: ["developers", ""] }),
    'groups[1] is "" but must be a text, such as developers',
  ],
  [
    "a registry without credentials",
    environment({ registries: [{ server: "registry.example.com" }] }),
    "registries[0] has no credentials: give username and password, or a token",
  ],
  [
    "a registry with an empty user",
    environment({ registries: [{ server: "registry.example.com", username: "", password: "p" }] }),
    "registries[0].username is empty but must be a text",
  ],
];

export const wrongEnvironments: WrongArguments[] = cases.map(([what, construct, sentence]) => [
  what,
  "EphemeralEnvironment",
  construct,
  sentence,
]);
