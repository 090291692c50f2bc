import { inFile, type Mutation } from "./mutation.ts";

/** What is created in a cluster: services, policies, quota, pods, Jobs and access. */
export const objects: Mutation[] = [
  ...inFile("components/model/objects/networkPolicies.ts", "networkPolicies", [
    [
      "a pod that somebody puts into the namespace may be called",
      '"default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] }',
      '"default-deny": { podSelector: {}, policyTypes: ["Egress"] }',
    ],
    [
      "every pod of the namespace may call a service that one may call",
      "return { podSelector: { matchLabels: selectorLabels(name) } };",
      "return { podSelector: { matchLabels: {} } };",
    ],
    [
      "a service does not take the test runner's connections",
      "permitted.filter((edge) => edge.to === name)",
      "permitted.filter((edge) => edge.to === name && edge.from !== testRunner)",
    ],
    [
      "long answers to name look-ups are lost",
      'ports: [{ protocol: "UDP", port: 53 }, tcp(53)]',
      'ports: [{ protocol: "UDP", port: 53 }]',
    ],
    [
      "the ingress controller calls services that are not exposed",
      "exposed && ingressController !== undefined",
      "ingressController !== undefined",
    ],
    ["a fork's services reach what is outside", "to: egressIsPermitted ? to : []", "to"],
  ]),
  ...inFile("components/model/graph/egress.ts", "egress", [
    [
      "an egress to everywhere leads to a cloud's credentials",
      "except.length === 0 ? { cidr } : { cidr, except }",
      "{ cidr }",
    ],
  ]),
  ...inFile("components/model/objects/quota.ts", "quota", [
    ["no room is left for a roll-out", " * (surge ? 2 : 1)", ""],
    [
      "no room is left for seeds",
      "testRunnerJobs + services.filter(({ seed }) => seed !== undefined).length",
      "testRunnerJobs",
    ],
  ]),
  ...inFile("components/model/rules/quantities.ts", "quota", [
    ["binary units count as decimal ones", '["Mi", 2 ** 20]', '["Mi", 1e6]'],
  ]),
  ...inFile("components/model/graph/cap.ts", "cap", [
    [
      "a cap that is just enough is refused",
      "parse(allowed) >= parse(needed)",
      "parse(allowed) > parse(needed)",
    ],
  ]),
  ...inFile("components/model/graph/graph.ts", "graph", [
    [
      "what a dependency needs is left out",
      "uses.forEach(visit);",
      "uses.forEach((used) => needed.add(used));",
    ],
    ["dependents come before what they need", "ordered.push(next);", "ordered.unshift(next);"],
    [
      "the test runner is let through to the Service's port, not the pod's",
      "to: service.name, port: service.containerPort }",
      "to: service.name, port: service.port }",
    ],
  ]),
  ...inFile("components/model/graph/serviceRules.ts", "serviceRules", [
    [
      "a container may ask for a privileged port",
      "wholeNumber(1024, 65535, 8080)",
      "wholeNumber(1, 65535, 8080)",
    ],
    [
      "more room on disks may be requested than the limit",
      "if (parse(least) <= parse(most)) continue;",
      'if (key === "ephemeralStorage" || parse(least) <= parse(most)) continue;',
    ],
  ]),
  ...inFile("components/model/graph/environmentVariables.ts", "environmentVariables", [
    [
      "a variable may be set twice",
      "all.findIndex((other) => other.name === name) < index",
      "all.findIndex((other) => other.name === name) < 0",
    ],
  ]),
  ...inFile("components/model/objects/podSpec.ts", "pods", [
    [
      "pods hold a token of the cluster",
      "automountServiceAccountToken: false",
      "automountServiceAccountToken: true",
    ],
  ]),
  ...inFile("components/model/objects/access.ts", "environmentAccess", [
    ["the test runner reads Secrets", '"configmaps",', '"configmaps",\n      "secrets",'],
  ]),
  ...inFile("components/model/objects/dockerConfig.ts", "dockerConfig", [
    [
      "an old login hides the new one",
      "{ ...auths, ...Object.fromEntries(own) }",
      "{ ...Object.fromEntries(own), ...auths }",
    ],
  ]),
  ...inFile("components/model/graph/revision.ts", "testJobs", [
    [
      "a change of policies or seeds does not run the readiness Job again",
      "JSON.stringify([services, Object.entries(revisions).toSorted()])",
      "JSON.stringify([Object.entries(revisions).toSorted()])",
    ],
    ["the readiness Job asks old pods, too", 'targetPort: revisions[name] ?? ""', "targetPort: name"],
  ]),
  ...inFile("components/model/objects/seedJob.ts", "seedJob", [
    [
      "a seed with other files does not run again",
      "[name, command, Object.entries(files).toSorted()]",
      "[name, command, Object.keys(files).toSorted()]",
    ],
  ]),
  ...inFile("components/model/objects/serviceJob.ts", "serviceJobs", [
    [
      "a new image does not run what comes before its service",
      "JSON.stringify([name, image, steps])",
      "JSON.stringify([name, steps])",
    ],
    [
      "what comes before a service waits for what is optional, and so for what waits for it",
      "service.uses?.includes(name)",
      "[...(service.uses ?? []), ...(service.optionalUses ?? []).map((use) => use.service)].includes(name)",
    ],
  ]),
  ...inFile("components/model/objects/jobs.ts", "serviceJobs", [
    [
      "a Service leads to the pods of its Jobs",
      "return { ...selectorLabels(service), [roleLabel]: role };",
      "return { ...workloadLabels(service), [roleLabel]: role };",
    ],
  ]),
  ...inFile("components/readiness/judgement.ts", "judgedHealth", [
    [
      "a dependency that is down counts as working",
      '.toLowerCase() !== "ok"',
      '.toLowerCase() === "unknown"',
    ],
  ]),
  ...inFile("components/readiness/untilReady.ts", "readiness", [
    ["a page that leads elsewhere counts by where it leads", 'redirect: "manual"', 'redirect: "follow"'],
    ["one of several pods is asked", "const times = replicas === 1 ? 1 : replicas * 4;", "const times = 1;"],
  ]),
  ...inFile("components/readiness/judgement.ts", "readiness", [
    [
      "any commit counts as the one that is expected",
      "if (commit === expected)",
      "if (commit !== undefined)",
    ],
  ]),
  ...inFile("components/readiness/readinessProgram.mjs", "readiness", [
    [
      "the readiness Job succeeds where a service is not ready",
      "process.exitCode = report.services.some(({ failure }) => failure !== void 0) ? 1 : 0;",
      "process.exitCode = 0;",
    ],
  ]),
  ...inFile("components/model/objects/readiness.ts", "readiness", [
    [
      "every service is asked for the application's commit",
      "...(service.name === application &&",
      '...(application !== "" &&',
    ],
  ]),
  ...inFile("components/model/graph/images.ts", "construction", [
    [
      "the published image runs in the place of its stand-in",
      "source.standIns?.[name] ?? image.digest",
      "image.digest",
    ],
  ]),
];
