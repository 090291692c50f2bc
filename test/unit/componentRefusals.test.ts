import { describe, expect, it } from "vitest";
import * as components from "../../components/index.ts";
import { service } from "./randomServices.ts";
import { refusal } from "./refusal.ts";
import {
  deployment,
  isolation,
  limits,
  backing,
  ownNamespace,
  tests,
  check,
  access,
  login,
  applicationImage,
  probeImage,
  deals,
  gone,
} from "./wrongComponents.ts";
import {
  build,
  either,
  image,
  imageExample,
  portRule,
  secondsRule,
  wrongEnvironments,
  type WrongArguments,
} from "./wrongEnvironments.ts";
import { wrongGroups } from "./wrongGroups.ts";
import { wrongNamespaces } from "./wrongNamespaces.ts";
import { wrongRoutes } from "./wrongRoutes.ts";
import { isNotDeployed, noName, twoOfOneName, wrongPort } from "./wrongSentences.ts";

const refusals: WrongArguments[] = [
  ...wrongEnvironments,
  ...wrongGroups,
  ...wrongNamespaces,
  ...wrongRoutes,
  ["a port out of range", "ServiceDeployment", deployment({ port: 0 }), wrongPort],
  [
    "a port that is a text",
    "ServiceDeployment",
    deployment({ port: "80" }),
    `port of service "deals" is "80" but must be ${portRule}`,
  ],
  ["an empty name", "ServiceDeployment", deployment({ name: "" }), `service.${noName}`],
  [
    "an edge to a service that is not deployed",
    "ServiceDeployment",
    deployment({ uses: ["gone"] }),
    isNotDeployed,
  ],
  [
    "a port out of range beside a graph that is given apart",
    "ServiceDeployment",
    deployment({ port: 0 }, { services: [service("db")] }),
    wrongPort,
  ],
  [
    "a variable that no container can have",
    "ServiceDeployment",
    deployment({}, { variables: { "A B": "x" } }),
    'variables has the key "A B" but its keys must be names of variables, such as LOG_LEVEL',
  ],
  [
    "an endless time until it must be available",
    "ServiceDeployment",
    deployment({}, { readyWithinSeconds: 3601 }),
    `readyWithinSeconds is 3601 but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "a part of a second to drain",
    "ServiceDeployment",
    deployment({ exposed: true }, { drainSeconds: 0.5 }),
    `drainSeconds is 0.5 but must be ${secondsRule(0, 300)}`,
  ],
  ...[
    [{ LEVEL: "info" }, { variables: { LEVEL: "debug" } }],
    [{}, { variables: { LEVEL: "debug" }, secrets: { LEVEL: "info" } }],
    [{ LEVEL: "info" }, { secrets: { LEVEL: "debug" } }],
  ].map(([own, args]): WrongArguments => [
    `a variable that is set twice, with ${JSON.stringify(args)}`,
    "ServiceDeployment",
    deployment({ environment: own }, args),
    'variable LEVEL of service "deals" is set twice, among its own ones, variables and secrets: set it once',
  ]),
  [
    "a container by a tag that nobody looked up",
    "ServiceDeployment",
    deployment({ sidecars: [{ name: "proxy", image: "proxy:1" }] }),
    `image of container "proxy" of service "deals" is "proxy:1" but must be a reference by digest, such as ${imageExample}`,
  ],
  [
    "a catalogue's image by a tag that nobody looked up",
    "BackingServices",
    backing({
      catalogue: {
        services: [{ ...deals, image: { repository: "shop/deals", tag: "1" } }],
        functions: {},
      },
      names: ["deals"],
    }),
    `image of service "deals" is "docker.io/shop/deals:1" but must be a reference by digest, such as ${imageExample}`,
  ],
  [
    "an address that is set again",
    "ServiceDeployment",
    deployment({ uses: ["db"] }, { services: [deals, service("db")], variables: { DB_ADDRESS: "db:1" } }),
    'variable DB_ADDRESS of service "deals" is set twice, among its own ones, variables and secrets: set it once',
  ],
  [
    "a taint that there is not",
    "ServiceDeployment",
    deployment({}, { placement: { tolerations: [{ key: "" }] } }),
    'placement.tolerations.0.key is "" but must be the key of a taint, such as previews',
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
      ["ServiceDeployment", deployment({}, { namespace: "" })],
      ["NetworkIsolation", () => new components.NetworkIsolation("x", { namespace: "", services: [deals] })],
      ["ResourceLimits", () => new components.ResourceLimits("x", { namespace: "", services: [deals] })],
      ["BackingServices", backing({ names: ["user"], namespace: "" })],
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
  ...(
    [
      ["ServiceDeployment", deployment({}, { image: "deals:1" })],
      ["TestRunner", tests({ image: "deals:1" })],
      ["ReadinessCheck", check({ image: "deals:1" })],
    ] as const
  ).map(([component, construct]): WrongArguments => [
    "an image by its tag",
    component,
    construct,
    `image is "deals:1" but must be a reference by digest, such as ${imageExample}`,
  ]),
  ...(
    [
      ["ServiceDeployment", (more: object) => deployment({}, more)],
      ["BackingServices", backing],
      ["EnvironmentNamespace", ownNamespace],
      ["TestRunner", tests],
      ["ReadinessCheck", check],
      ["EnvironmentAccess", access],
      ["RegistrySecret", login],
    ] as const
  ).map(([component, construct]): WrongArguments => [
    "a reserved label",
    component,
    construct({ labels: { "dynenv/job": "test" } }),
    "labels has the key dynenv/job, which is reserved for the environment itself: give it another one, such as example.com/team",
  ]),
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
    "a base by its tag",
    "ProbeImage",
    probeImage({ base: "node:24" }),
    `base is "node:24" but must be a reference by digest, such as ${imageExample}`,
  ],
  [
    "a repository without a registry",
    "ProbeImage",
    probeImage({ repository: "probe" }),
    'repository is "probe" but must be a repository with its registry, such as registry.example.com/shop/probe',
  ],
  [
    "a login without a password",
    "ProbeImage",
    probeImage({ login: { server: "registry.example.com", username: "ci" } }),
    "login.password is missing: a login is server, username and password",
  ],
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
