import { shown } from "../../components/model/rules/shown.ts";
import {
  environment,
  image,
  ofEnvironments,
  secondsRule,
  stackRule,
  withBacking,
  withIdentity,
} from "./wrongEnvironments.ts";

const command = ["test"];
const resultsRule = "an absolute path of an .xml file in a folder of its own, such as /results/junit.xml";

/** What is given as tests, and the rest of the sentence about it. */
const wrongSuites = (
  [
    [[], 'tests is [] but must be a list of at least one suite, such as [{"command": ["npm", "test"]}]'],
    [
      [{ command }, { command }],
      'tests[1].name is "test" but must be another one than that of tests[0], such as smoke: it is the default',
    ],
    [
      [{ command, name: "Smoke" }],
      'tests[0].name is "Smoke" but must be at most 40 lower-case letters, digits and dashes with none at either end, such as smoke',
    ],
    [[{ service: "deals" }], 'tests[0].command is missing: it must be a command, such as ["npm","test"]'],
    [
      [{ command, service: "dealz" }],
      'tests[0].service is "dealz", which is not among the services: did you mean deals?',
    ],
    [
      [{ image, service: "deals" }],
      "tests[0] has both image and service: give one of them, the tests run in one image",
    ],
    [
      [{ image: "tests" }],
      'tests[0].image is "tests" but must be a reference by tag or digest, such as postgres:16',
    ],
    [
      [{ command, user: 0 }],
      "tests[0].user is 0 but must be a whole number from 1 to 2147483647, such as 10001",
    ],
    [
      [{ command, writablePaths: ["tmp"] }],
      'tests[0].writablePaths[0] is "tmp" but must be an absolute path, such as /var/lib/data',
    ],
    [
      [{ command, writablePaths: ["/tmp:2GB"] }],
      'tests[0].writablePaths[0] is "/tmp:2GB" but must be a path with a size above zero behind its colon, such as /var/lib/data:2Gi',
    ],
    [
      [{ command, limits: { cpu: "1" } }],
      "tests[0].limits.memory is missing: it must be a memory quantity above zero, such as 128Mi or 1Gi",
    ],
    [
      [{ command, limits: { cpu: "1", memory: "2Gi", disk: "1Gi" } }],
      "tests[0].limits has the unknown key disk: known are cpu, ephemeralStorage, memory",
    ],
    [
      [{ command, requests: "2Gi" }],
      'tests[0].requests is "2Gi" but must be an object of cpu and memory, such as {"cpu": "100m", "memory": "128Mi"}',
    ],
    [
      [{ command, requests: { cpu: "2", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } }],
      "tests[0].requests.cpu is 2 but must be at most its limit, such as 1",
    ],
    [
      [
        {
          ...{ command, writablePaths: ["/data:2Gi"] },
          limits: { cpu: "1", memory: "1Gi", ephemeralStorage: "1Gi" },
        },
      ],
      "tests[0].writablePaths names /data:2Gi but limits.ephemeralStorage is 1Gi: raise that limit, or make the folder smaller",
    ],
    ...["/junit.xml", "/results/", "/results/junit.json", "results.xml", "/usr/bin/junit.xml"].map(
      (results) => [[{ command, results }], `tests[0].results is "${results}" but must be ${resultsRule}`],
    ),
    [
      [{ command, variables: { EXPECTED_COMMIT: "9dff06f" } }],
      "tests[0].variables sets EXPECTED_COMMIT, which tests have anyway: leave it out",
    ],
    [
      [{ command, variables: { LEVEL: "info" }, secrets: { LEVEL: "info" } }],
      "tests[0].secrets sets LEVEL, which tests[0].variables sets, too: leave it out in one of them",
    ],
    [
      [{ command, secrets: { "A-B": "c" } }],
      'tests[0].secrets has the key "A-B" but its keys must be names of variables, such as LOG_LEVEL',
    ],
    [
      [{ command, secrets: ["A"] }],
      'tests[0].secrets is ["A"] but must be an object from variable to value, such as {"LOG_LEVEL": "info"}',
    ],
  ] as [object[], string][]
).map(([tests, sentence]): [string, () => unknown, string] => [
  `tests that are ${JSON.stringify(tests)}`,
  environment({ tests }),
  sentence,
]);

const gateway = { domain: "previews.example.com", name: "gateway/previews", pods: { namespace: "traefik" } };
const identity = { stack: "feature-login", project: "shop/deals", ref: "main", commit: "9dff06f" };
const domainRule = "a domain of at most 189 characters in lower case, such as previews.example.com";
const eitherOfGateways =
  "give either gateway.name, such as gateway/previews, or gateway.ingressClass, such as traefik";
const known = "known are domain, exposeForks, ingressClass, inside, name, pods, port, tls";
const longDomain = `${"a.".repeat(119)}bc`;

/** What is given as a part of the gateway, and what is said of it. */
const wrongGateways = (
  [
    [{ name: undefined }, eitherOfGateways],
    [{ ingressClass: "traefik" }, eitherOfGateways],
    [{ domain: undefined }, `gateway.domain is missing: it must be ${domainRule}`],
    [{ domain: longDomain }, `gateway.domain is ${shown(longDomain)} but must be ${domainRule}`],
    [
      { domain: "Previews.example.com" },
      `gateway.domain is "Previews.example.com" but must be ${domainRule}`,
    ],
    [{ domain: "*.example.com" }, `gateway.domain is "*.example.com" but must be ${domainRule}`],
    [
      { name: "previews" },
      'gateway.name is "previews" but must be namespace and name of a Gateway, such as gateway/previews',
    ],
    [
      { name: undefined, ingressClass: "Traefik" },
      'gateway.ingressClass is "Traefik" but must be the name of a class of Ingresses, such as traefik',
    ],
    [{ tls: "true" }, 'gateway.tls is "true" but must be true or false'],
    [{ port: 0 }, "gateway.port is 0 but must be a whole number from 1 to 65535, such as 443"],
    [{ class: "traefik" }, `gateway has the unknown key class: ${known}`],
    [
      { pods: undefined },
      'gateway.pods is missing: it must be an object of namespace and labels, such as {"namespace": "traefik"}',
    ],
    [{ pods: { namespace: "" } }, 'gateway.pods.namespace is "" but must be a DNS label, such as traefik'],
    [
      { pods: { namespace: "traefik", podLabels: {} } },
      "gateway.pods has the unknown key podLabels: known are labels, namespace",
    ],
    [
      { pods: { namespace: "traefik", labels: { "a b": "c" } } },
      "gateway.pods.labels.a b must have as its key the name of a label, such as app.kubernetes.io/name",
    ],
    [
      { pods: { namespace: "traefik", labels: { app: "a b" } } },
      'gateway.pods.labels.app is "a b" but must be the value of a label, such as traefik',
    ],
    [
      { inside: { host: "http://traefik", port: 80 } },
      'gateway.inside.host is "http://traefik" but must be a host, such as traefik.traefik.svc',
    ],
    [
      { inside: { host: "traefik" } },
      "gateway.inside.port is missing: it must be a whole number from 1 to 65535, such as 443",
    ],
  ] as [Record<string, unknown>, string][]
).map(([more, sentence]): [string, () => unknown, string] => [
  `a gateway with ${shownShort(more)}`,
  environment({ gateway: { ...gateway, ...more } }),
  sentence,
]);

function shownShort(value: object): string {
  return JSON.stringify(value, (_key, one: unknown) => one ?? null).slice(0, 60);
}

/** Arguments of an environment that group others, and what is wrong within them. */
export const wrongGroups = ofEnvironments([
  [
    "a missing name of the stack",
    withIdentity({ stack: undefined }),
    `identity.stack is missing: it must be ${stackRule}`,
  ],
  [
    "a text in the place of names of users",
    environment({ access: { users: "ada@example.com" } }),
    'access.users is "ada@example.com" but must be a list, such as ["ada@example.com"]',
  ],
  [
    "a missing command for the tests",
    environment({ tests: [{}] }),
    'tests[0].command is missing: it must be a command, such as ["npm","test"]',
  ],
  [
    "no list of tests",
    environment({ tests: undefined }),
    'tests is missing: it must be a list of at least one suite, such as [{"command": ["npm", "test"]}]',
  ],
  [
    "an unknown key of the tests",
    environment({ tests: [{ command: ["test"], within: 60 }] }),
    "tests[0] has the unknown key within: known are command, image, limits, name, requests, results, secrets, service, user, variables, withinSeconds, writablePaths",
  ],
  ...wrongSuites,
  [
    "no time for the tests",
    environment({ tests: [{ command: ["test"], withinSeconds: 0 }] }),
    `tests[0].withinSeconds is 0 but must be ${secondsRule(1, 86_400)}`,
  ],
  [
    "a reserved annotation",
    environment({ annotations: { "dynenv/pinned": "true" } }),
    "annotations has the key dynenv/pinned, which is reserved for the environment itself: give it another one, such as example.com/team",
  ],
  [
    "a missing identity",
    environment({ identity: undefined }),
    "identity is missing: it must be an object of stack, project, ref, commit, mergeRequest",
  ],
  [
    "a merge request without a number",
    environment({ identity: { ...identity, mergeRequest: "!12" } }),
    'identity.mergeRequest is "!12" but must be the number of a merge request or pull request, such as 12',
  ],
  [
    "a missing application",
    environment({ application: undefined }),
    'application is missing: it must be an object with at least a name, such as {"name": "worker"}',
  ],
  [
    "an unknown key of the lifetime",
    environment({ lifetime: { tll: "4h" } }),
    "lifetime has the unknown key tll: known are deployedAt, ttl",
  ],
  [
    "a text in the place of people",
    environment({ access: "ada@example.com" }),
    'access is "ada@example.com" but must be an object of users, groups',
  ],
  [
    "a catalogue without functions",
    withBacking({ catalogue: { services: [] } }),
    'backing.catalogue is {"services":[]} but must be an object of services and functions, such as sockShop',
  ],
  [
    "an ingress controller among people",
    environment({ access: { ingressController: { namespace: "ingress" } } }),
    "access has the unknown key ingressController: known are groups, users",
  ],
  ...wrongGateways,
  [
    "a service whose host has no room",
    environment({
      ...{ identity: { ...identity, stack: "x".repeat(55) }, gateway },
      services: [{ name: "administration", port: 8080, exposed: true, image }],
    }),
    `service "administration" is exposed but its host has no room beside the namespace "env-${"x".repeat(55)}", which has 59 of 63 characters: give the stack a shorter name`,
  ],
  [
    "a time to live of weeks",
    environment({ lifetime: { ttl: "1w" } }),
    'lifetime.ttl is "1w" but must be a number of minutes, hours or days, such as 90m, 4h or 2d',
  ],
  [
    "no command for the tests",
    environment({ tests: [{ command: [] }] }),
    'tests[0].command is [] but must be a command, such as ["npm","test"]',
  ],
  [
    "too short a time until it must be ready",
    environment({ readiness: { withinSeconds: 19 } }),
    `readiness.withinSeconds is 19 but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "an empty name of a user",
    environment({ access: { users: [""] } }),
    'access.users[0] is "" but must be a text, such as ada@example.com',
  ],
  [
    "an empty name of a group",
    environment({ access: { groups: ["developers", ""] } }),
    'access.groups[1] is "" but must be a text, such as developers',
  ],
  [
    "a registry without credentials",
    environment({ registry: { logins: [{ server: "registry.example.com" }] } }),
    "registry.logins[0] has no credentials: give username and password, or a token",
  ],
  [
    "a registry with an empty user",
    environment({ registry: { logins: [{ server: "registry.example.com", username: "", password: "p" }] } }),
    "registry.logins[0].username is empty but must be a text",
  ],
]);
