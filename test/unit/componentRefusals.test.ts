import { describe, expect, it } from "vitest";
import * as components from "../../components/index.ts";
import { service } from "./randomServices.ts";
import { refusal } from "./refusal.ts";
import {
  deployment,
  isolation,
  limits,
  shop,
  sandbox,
  tests,
  check,
  access,
  login,
  applicationImage,
  deals,
  gone,
  namespace,
} from "./wrongComponents.ts";
import {
  build,
  either,
  image,
  imageExample,
  portRule,
  prefixRule,
  secondsRule,
  wrongEnvironments,
  type WrongArguments,
} from "./wrongEnvironments.ts";
import { isNotDeployed, noName, twoOfOneName, wrongPort } from "./wrongSentences.ts";

const refusals: WrongArguments[] = [
  ...wrongEnvironments,
  ["a port out of range", "AppDeployment", deployment({ port: 0 }), wrongPort],
  [
    "a port that is a text",
    "AppDeployment",
    deployment({ port: "80" }),
    `port of service "deals" is "80" but must be ${portRule}`,
  ],
  ["an empty name", "AppDeployment", deployment({ name: "" }), `service.${noName}`],
  [
    "an edge to a service that is not deployed",
    "AppDeployment",
    deployment({ uses: ["gone"] }),
    isNotDeployed,
  ],
  [
    "a port out of range beside a graph that is given apart",
    "AppDeployment",
    deployment({ port: 0 }, { services: [service("db")] }),
    wrongPort,
  ],
  [
    "a variable that no container can have",
    "AppDeployment",
    deployment({}, { config: { "A B": "x" } }),
    'config has the key "A B" but its keys must be names of variables, such as LOG_LEVEL',
  ],
  [
    "an endless time until it must be available",
    "AppDeployment",
    deployment({}, { readyWithinSeconds: 3601 }),
    `readyWithinSeconds is 3601 but must be ${secondsRule(20, 3600)}`,
  ],
  ...[
    [{ LEVEL: "info" }, { config: { LEVEL: "debug" } }],
    [{}, { config: { LEVEL: "debug" }, secrets: { LEVEL: "info" } }],
    [{ LEVEL: "info" }, { secrets: { LEVEL: "debug" } }],
  ].map(([own, args]): WrongArguments => [
    `a variable that is set twice, with ${JSON.stringify(args)}`,
    "AppDeployment",
    deployment({ environment: own }, args),
    'variable LEVEL of service "deals" is set twice, among its own ones, config and secrets: set it once',
  ]),
  [
    "an address that is set again",
    "AppDeployment",
    deployment({ uses: ["db"] }, { services: [deals, service("db")], config: { DB_ADDRESS: "db:1" } }),
    'variable DB_ADDRESS of service "deals" is set twice, among its own ones, config and secrets: set it once',
  ],
  [
    "a taint that there is not",
    "AppDeployment",
    deployment({}, { placement: { tolerations: [{ key: "" }] } }),
    'placement.tolerations.0.key is "" but must be the key of a taint, such as previews',
  ],
  [
    "an ingress controller in no namespace",
    "NetworkIsolation",
    () =>
      new components.NetworkIsolation("x", {
        ...{ namespace, services: [deals], ingressController: { namespace: " " } },
      }),
    'ingressController.namespace is " " but must be a text, such as ingress-nginx',
  ],
  ["two services of one name", "NetworkIsolation", isolation(deals, deals), twoOfOneName],
  ["an edge to a service that is not deployed", "NetworkIsolation", isolation(gone), isNotDeployed],
  ["an empty name", "NetworkIsolation", isolation(service("")), `services[0].${noName}`],
  ["two services of one name", "ResourceLimits", limits({}, deals, deals), twoOfOneName],
  [
    "a wrong quantity",
    "ResourceLimits",
    limits({}, service("deals", { requests: { cpu: "1gb", memory: "64Mi" } })),
    'requests.cpu of service "deals" is "1gb" but must be a CPU quantity above zero, such as 250m or 1.5',
  ],
  [
    "a cap lower than one pod",
    "ResourceLimits",
    limits({ pods: 0.5 }, deals),
    "cap.pods is 0.5 but must be a whole number of pods, such as 20",
  ],
  [
    "a cap lower than what is needed",
    "ResourceLimits",
    limits({ cpu: "2999m" }, deals),
    "cap.cpu is 2999m but the environment needs 3: raise the cap to 3 or deploy fewer services",
  ],
  [
    "an unknown service",
    "SockShop",
    shop({ services: ["userdb"] }),
    'service "userdb" is not in the graph: did you mean user-db?',
  ],
  [
    "an unknown function",
    "SockShop",
    shop({ functions: ["pay"] }),
    'function "pay" is not in the catalogue: known are browse, cart, login, order',
  ],
  [
    "too short a time",
    "SockShop",
    shop({ services: ["user"], readyWithinSeconds: 1 }),
    `readyWithinSeconds is 1 but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "an empty name of the stack",
    "SandboxNamespace",
    sandbox({ stack: " " }),
    'stack is " " but must be 1 to 94 letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no -image at the end, such as feature-login',
  ],
  ...["..", "-x", "login-image", "a/b"].map((stack): WrongArguments => [
    `the stack ${stack}`,
    "SandboxNamespace",
    sandbox({ stack }),
    `stack is "${stack}" but must be 1 to 94 letters, digits, dots, dashes and underscores, with no dot at either end, no dash in front and no -image at the end, such as feature-login`,
  ]),
  ["an unknown trust", "SandboxNamespace", sandbox({ trust: "" }), 'trust is "" but must be trusted or fork'],
  ...["", "4", "0h", "4w", "h", "123456h", "1.5h"].map((ttl): WrongArguments => [
    `the time to live ${JSON.stringify(ttl)}`,
    "SandboxNamespace",
    sandbox({ ttl }),
    `ttl is "${ttl}" but must be a number of minutes, hours or days, such as 90m, 4h or 2d`,
  ]),
  ...["", "soon", "2026-03-01", "2026-02-30T12:00:00Z", "2026-03-01T12:00:00+01:00"].map(
    (deployedAt): WrongArguments => [
      `the time of deployment ${JSON.stringify(deployedAt)}`,
      "SandboxNamespace",
      sandbox({ deployedAt }),
      `deployedAt is "${deployedAt}" but must be a time in UTC to the second that is at most 5 minutes ahead, such as 2026-03-01T12:00:00Z`,
    ],
  ),
  [
    "no command",
    "TestRunner",
    tests({ command: [] }),
    'command is [] but must be a command, such as ["npm","test"]',
  ],
  [
    "no time to test",
    "TestRunner",
    tests({ testWithinSeconds: 0 }),
    `testWithinSeconds is 0 but must be ${secondsRule(1, 86_400)}`,
  ],
  ["a port out of range", "TestRunner", tests({ services: [service("deals", { port: 0 })] }), wrongPort],
  ["an edge to a service that is not deployed", "TestRunner", tests({ services: [gone] }), isNotDeployed],
  [
    "an application that is not deployed",
    "ReadinessCheck",
    check({ application: "deal" }),
    'application "deal" is not among the services: did you mean deals?',
  ],
  ["two services of one name", "ReadinessCheck", check({ services: [deals, deals] }), twoOfOneName],
  [
    "too short a time",
    "ReadinessCheck",
    check({ readyWithinSeconds: 10 }),
    `readyWithinSeconds is 10 but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "a time that is a text",
    "ReadinessCheck",
    check({ readyWithinSeconds: "150" }),
    `readyWithinSeconds is "150" but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "an empty name of a user",
    "EnvironmentAccess",
    access({ users: ["ada@example.com", " "] }),
    'users[1] is " " but must be a text, such as ada@example.com',
  ],
  [
    "an empty name of a group",
    "EnvironmentAccess",
    access({ groups: [""] }),
    'groups[0] is "" but must be a text, such as developers',
  ],
  ...(
    [
      ["AppDeployment", deployment({}, { namespace: "" })],
      ["NetworkIsolation", () => new components.NetworkIsolation("x", { namespace: "", services: [deals] })],
      ["ResourceLimits", () => new components.ResourceLimits("x", { namespace: "", services: [deals] })],
      ["SockShop", shop({ services: ["user"], namespace: "" })],
      ["TestRunner", tests({ namespace: "" })],
      ["ReadinessCheck", check({ namespace: "" })],
      ["EnvironmentAccess", access({ namespace: "" })],
      ["RegistrySecret", login({ namespace: "" })],
    ] as const
  ).map(([component, construct]): WrongArguments => [
    "an empty namespace",
    component,
    construct,
    'namespace is "" but must be a DNS label, such as staging',
  ]),
  [
    "a name that no Secret can have",
    "RegistrySecret",
    login({ secretName: "Registry!" }),
    'secretName is "Registry!" but must be a DNS subdomain, such as gitlab-registry',
  ],
  [
    "images from nowhere",
    "SockShop",
    shop({ images: { prefix: "a b" } }),
    `images.prefix is "a b" but must be ${prefixRule}`,
  ],
  ...(
    [
      ["AppDeployment", deployment({}, { image: "deals:1" })],
      ["TestRunner", tests({ image: "deals:1" })],
      ["ReadinessCheck", check({ image: "deals:1" })],
    ] as const
  ).map(([component, construct]): WrongArguments => [
    "an image by its tag",
    component,
    construct,
    `image is "deals:1" but must be a reference by digest, such as ${imageExample}`,
  ]),
  [
    "an empty ref",
    "SandboxNamespace",
    sandbox({ ref: "" }),
    'ref is "" but must be a line of 1 to 512 characters without control characters, such as feature/login',
  ],
  ["neither image nor build", "ApplicationImage", applicationImage({}), either],
  ["both image and build", "ApplicationImage", applicationImage({ image, build }), either],
  [
    "an empty repository",
    "ApplicationImage",
    applicationImage({ build: { ...build, repository: "" } }),
    'build.repository is "" but must be a repository with its registry, such as registry.example.com/shop/deals',
  ],
  ...(
    [
      [{ server: "a" }, "server"],
      [{ username: "ci" }, "username"],
      [{ server: "a", password: "p" }, "server and password"],
      [{ username: "ci", password: "p" }, "username and password"],
    ] as const
  ).map(([login, given]): WrongArguments => [
    `a login of ${given}`,
    "ApplicationImage",
    applicationImage({ build: { ...build, ...login } }),
    `build has ${given} alone: a login is server, username and password`,
  ]),
  [
    "an empty hash of what is not committed",
    "ApplicationImage",
    applicationImage({ build: { ...build, dirty: "" } }),
    "build.dirty is empty: leave it out where all changes are committed",
  ],
  [
    "an image by its tag",
    "ApplicationImage",
    applicationImage({ image: "deals:1" }),
    `image is "deals:1" but must be a reference by digest, such as ${imageExample}`,
  ],
];

describe("a component is refused in one sentence before it registers anything, for", () => {
  it.each(refusals)("%s: %s", async (_what, component, construct, sentence) => {
    expect(sentence).not.toContain("\n");
    expect(await refusal(construct)).toEqual({
      sentences: [`${component} "x": ${sentence}`],
      registered: [],
    });
  });
});
