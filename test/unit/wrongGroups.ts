import {
  environment,
  ofEnvironments,
  secondsRule,
  stackRule,
  withBacking,
  withIdentity,
} from "./wrongEnvironments.ts";

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
    'tests is missing: it must be a list of one test, such as [{"command": ["npm", "test"]}]',
  ],
  ...[0, 2].map((length): [string, () => unknown, string] => [
    `${String(length)} tests`,
    environment({ tests: Array(length).fill({ command: ["test"] }) }),
    `tests has ${String(length)} entries but must have one, such as [{"command": ["npm", "test"]}]: let its command run all tests`,
  ]),
  [
    "an unknown key of the tests",
    environment({ tests: [{ command: ["test"], within: 60 }] }),
    "tests[0] has the unknown key within: known are command, withinSeconds",
  ],
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
    "identity is missing: it must be an object of stack, project, ref, commit",
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
    'access is "ada@example.com" but must be an object of users, groups, ingressController',
  ],
  [
    "a catalogue without functions",
    withBacking({ catalogue: { services: [] } }),
    'backing.catalogue is {"services":[]} but must be an object of services and functions, such as sockShop',
  ],
  [
    "an ingress controller nowhere",
    environment({ access: { ingressController: { namespace: "" } } }),
    'access.ingressController.namespace is "" but must be a text, such as ingress-nginx',
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
