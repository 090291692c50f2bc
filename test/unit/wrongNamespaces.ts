import { backing, ownNamespace } from "./wrongComponents.ts";
import { lineRule, prefixRule, secondsRule, stackRule, type WrongArguments } from "./wrongEnvironments.ts";

/** What is wrong with a namespace of an environment, and with the services beside the application in it. */
export const wrongNamespaces: WrongArguments[] = [
  [
    "an unknown service",
    "BackingServices",
    backing({ names: ["userdb"] }),
    'service "userdb" is not in the graph: did you mean user-db?',
  ],
  [
    "no catalogue",
    "BackingServices",
    backing({ catalogue: undefined }),
    "catalogue is missing: it must be an object of services and functions, such as sockShop",
  ],
  [
    "a list in the place of a catalogue",
    "BackingServices",
    backing({ catalogue: [] }),
    "catalogue is [] but must be an object of services and functions, such as sockShop",
  ],
  [
    "an unknown function",
    "BackingServices",
    backing({ functions: ["pay"] }),
    'function "pay" is not in the catalogue: known are browse, cart, login, order',
  ],
  [
    "too short a time",
    "BackingServices",
    backing({ names: ["user"], readyWithinSeconds: 1 }),
    `readyWithinSeconds is 1 but must be ${secondsRule(20, 3600)}`,
  ],
  [
    "endless draining",
    "BackingServices",
    backing({ names: ["user"], drainSeconds: 301 }),
    `drainSeconds is 301 but must be ${secondsRule(0, 300)}`,
  ],
  [
    "an empty name of the stack",
    "EnvironmentNamespace",
    ownNamespace({ stack: " " }),
    `stack is " " but must be ${stackRule}`,
  ],
  ...["..", "-x", "login-image", "a/b"].map((stack): WrongArguments => [
    `the stack ${stack}`,
    "EnvironmentNamespace",
    ownNamespace({ stack }),
    `stack is "${stack}" but must be ${stackRule}`,
  ]),
  [
    "a name of previews for an environment that stays",
    "EnvironmentNamespace",
    ownNamespace({ stack: "main-ynv4fcdhmq5z", kind: "standing" }),
    'kind is standing, but the stack is "main-ynv4fcdhmq5z", as previews are called: their commands name stacks by a branch, a dash and 12 letters and digits; name one of another form, such as production',
  ],
  [
    "the name of the folder with all releases for an environment that stays",
    "EnvironmentNamespace",
    ownNamespace({ stack: "releases", kind: "standing" }),
    'kind is standing, but the stack is "releases", as the folder with all releases on the branch stable is called: name another, such as production',
  ],
  [
    "an unknown trust",
    "EnvironmentNamespace",
    ownNamespace({ trust: "" }),
    'trust is "" but must be trusted or fork',
  ],
  ...["", "4", "0h", "4w", "h", "123456h", "1.5h"].map((ttl): WrongArguments => [
    `the time to live ${JSON.stringify(ttl)}`,
    "EnvironmentNamespace",
    ownNamespace({ ttl }),
    `ttl is "${ttl}" but must be a number of minutes, hours or days, such as 90m, 4h or 2d`,
  ]),
  ...["", "soon", "2026-03-01", "2026-02-30T12:00:00Z", "2026-03-01T12:00:00+01:00"].map(
    (deployedAt): WrongArguments => [
      `the time of deployment ${JSON.stringify(deployedAt)}`,
      "EnvironmentNamespace",
      ownNamespace({ deployedAt }),
      `deployedAt is "${deployedAt}" but must be a time in UTC to the second that is at most 5 minutes ahead, such as 2026-03-01T12:00:00Z`,
    ],
  ),
  ...["", "0", "-1", "1.5", "1e3", " 12", "12\n", "12345678901"].map((mergeRequest): WrongArguments => [
    `the merge request ${JSON.stringify(mergeRequest)}`,
    "EnvironmentNamespace",
    ownNamespace({ mergeRequest }),
    `mergeRequest is ${JSON.stringify(mergeRequest)} but must be the number of a merge request or pull request, such as 12`,
  ]),
  [
    "images from nowhere",
    "BackingServices",
    backing({ imageSource: { prefix: "a b" } }),
    `imageSource.prefix is "a b" but must be ${prefixRule}`,
  ],
  [
    "an empty ref",
    "EnvironmentNamespace",
    ownNamespace({ ref: "" }),
    `ref is "" but must be ${lineRule}, such as feature/login`,
  ],
];
