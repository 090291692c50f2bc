import { inFile, type Mutation } from "./mutation.ts";

/** Addresses outside of the cluster: hosts, who has one, and how they are asked for. */
export const addresses: Mutation[] = [
  ...inFile("components/model/objects/route.ts", "route", [
    [
      "two namespaces may have one host",
      "hashLength)}${separator}${namespace}`;",
      "hashLength)}${separator}${namespace.slice(0, 20)}`;",
    ],
    [
      "two long names of services share a host",
      "`${short}-${shortHash(service).slice(0, hashLength)}",
      "`${short}",
    ],
    ["an address without TLS is told as one with it", 'tls ? "https" : "http"', '"https"'],
    ["search engines list environments", 'value: "noindex"', 'value: "all"'],
  ]),
  ...inFile("components/model/graph/ports.ts", "exposure", [
    [
      "requests reach a port over UDP",
      'filter(({ protocol }) => protocol === "TCP")',
      "filter(({ protocol }) => protocol !== undefined)",
    ],
  ]),
  ...inFile("components/model/graph/exposure.ts", "exposure", [
    [
      "an exposure that exposed: false hides is passed over",
      "exposed === false && exposure",
      "exposed === true && exposure",
    ],
  ]),
  ...inFile("components/model/plan.ts", "trust", [
    [
      "no fork has an address, whatever the gateway says",
      "rules.exposed || given?.exposeForks === true",
      "rules.exposed",
    ],
  ]),
  ...inFile("components/readiness/routed.ts", "routed", [
    ["an answer of the gateway's own counts as the service's", "!isRouted || ofGateways", "ofGateways"],
    [
      "the gateway is asked by its own name in the handshake",
      "servername: host,",
      "servername: gateway.host,",
    ],
    [
      "the readiness Job trusts no authority that a cluster has of its own",
      "rejectUnauthorized: false",
      "rejectUnauthorized: true",
    ],
    ["the gateway may have nobody behind it", "[502, 503, 504]", "[502, 504]"],
  ]),
  ...inFile("cli/access/preflight.ts", "preflight", [
    [
      "who may not make routes is refused, though nothing is exposed",
      'if (isSet("DYNENV_GATEWAY", env)) uses.push("route");',
      'uses.push("route");',
    ],
  ]),
  ...inFile("cli/environment/outsideAddress.ts", "outsideTests", [
    ["tests call whatever has an address first", "all.find(isOfApplication) ??", "all[0] ??"],
    ["a name below localhost is looked up", 'hostname.endsWith(".localhost")', "false"],
    ["tests begin with the commit before", "...asked, host: hostname", "host: hostname"],
  ]),
  ...inFile("cli/environment/testCommand.ts", "outsideTests", [
    [
      "what an interrupted test has started goes on",
      "process.kill(-pid, signal)",
      "process.kill(pid, signal)",
    ],
    [
      "tests that fail pass",
      "return code === 0 ? undefined : `ended",
      "return code !== null ? undefined : `ended",
    ],
  ]),
];
