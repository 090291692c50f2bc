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
      "a port over UDP is opened over TCP",
      "return { protocol, port };",
      'return { protocol: protocol === "UDP" ? "TCP" : protocol, port };',
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
      "the gateway calls services that are not exposed",
      "exposedServices([service]).flatMap(",
      "[service].flatMap(",
    ],
    [
      "all pods of the gateway's namespace call what is exposed",
      "podSelector: { matchLabels: labels } };",
      "podSelector: { matchLabels: {} } };",
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
    ["no room is left for a roll-out", " * (surge && service.volume === undefined ? 2 : 1)", ""],
    ["no room is left for seeds", "services.filter(({ seed }) => seed !== undefined).length", "0"],
    ["no room is left for the largest suite", "sharedBy([job, ...suites.map(suiteNeeds)], [])", "job"],
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
      "    port: containerPort,",
      "    port: to.port ?? containerPort,",
    ],
  ]),
  ...inFile("components/model/graph/portRules.ts", "ports", [
    ["a container may ask for a privileged port", "const firstOfUsers = 1024;", "const firstOfUsers = 1;"],
  ]),
  ...inFile("components/model/objects/podSecurity.ts", "podSecurity", [
    [
      "root is admitted where nothing may run as root",
      "podSecurity !== PodSecurity.restricted",
      "podSecurity === PodSecurity.restricted",
    ],
  ]),
  ...inFile("components/model/objects/probes.ts", "probes", [
    [
      "a worker that ends at its start counts as ready",
      "isProbed(service) ? 0 : secondsOfATrial",
      "isProbed(service) ? 0 : 0",
    ],
  ]),
  ...inFile("components/model/graph/resourceRules.ts", "serviceRules", [
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
  ...inFile("components/model/graph/environmentVariables.ts", "gives", [
    [
      "what a service gives hides what its user says",
      ".filter(([name]) => !own.some((variable) => variable.name === name))",
      ".filter(([name]) => own !== undefined || name)",
    ],
    [
      "two services give one variable, and one of them wins",
      "const before = texts.slice(0, index)",
      "const before = texts.slice(0, 0)",
    ],
  ]),
  ...inFile("components/model/graph/gives.ts", "gives", [
    [
      "users of a service are not told its password",
      'some((text) => referencesIn(text).includes("PASSWORD"))',
      'some((text) => text === "PASSWORD")',
    ],
    [
      "a password is given that nobody generates",
      "!Object.values(passwords).includes(name)",
      "Object.values(passwords).includes(name) && false",
    ],
  ]),
  ...inFile("components/model/graph/catalogue.ts", "backingServices", [
    [
      "a service under another name takes the first one's password",
      "owner === service.name ? name : owner",
      "owner",
    ],
  ]),
  ...inFile("components/model/objects/podSpec.ts", "pods", [
    [
      "pods hold a token of the cluster",
      "automountServiceAccountToken: false",
      "automountServiceAccountToken: true",
    ],
  ]),
  ...inFile("components/model/objects/podSpec.ts", "draining", [
    [
      "a pod that drains is killed before it gets SIGTERM",
      "gracePeriodSeconds: drained + gracePeriodSeconds",
      "gracePeriodSeconds",
    ],
  ]),
  ...inFile("components/model/objects/draining.ts", "draining", [
    [
      "pods that nobody calls from outside drain",
      "exposedServices([service]).length === 0 ? 0 : seconds",
      "seconds",
    ],
  ]),
  ...inFile("components/environment/frame.ts", "trust", [
    ["pods drain where there is no gateway", "gateway === undefined ? 0 : drainSeconds", "drainSeconds"],
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
  ...inFile("components/model/objects/testSuites.ts", "testSuites", [
    ["two suites have one CronJob", "suite === testJobName ? testJobName", "suite.length < 3 ? testJobName"],
  ]),
  ...inFile("components/environment/environmentTests.ts", "testSuites", [
    ["tests of a fork get secrets", "sharedSecrets ? secrets : {}", "secrets"],
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
  ...inFile("components/model/objects/seedJob.ts", "gives", [
    [
      "a seed does not know what its service gives",
      "...givenVariables(service.name, [service], variables)",
      "",
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
      "service.name === application ? commit : undefined",
      "commit",
    ],
  ]),
  ...inFile("components/model/graph/images.ts", "construction", [
    [
      "the published image runs in the place of its stand-in",
      "standIn ?? image.digest",
      "image.digest ?? standIn",
    ],
  ]),
  ...inFile("components/environment/pinnedImages.ts", "pinnedImages", [
    ["a tag that moved changes the environment", 'ignoreChanges: ["input"]', "ignoreChanges: []"],
    [
      "a new commit keeps what a tag was",
      "replacementTrigger: commit",
      'replacementTrigger: "once and for all"',
    ],
    [
      "a fork's tags are asked for with the project's login",
      "rules.sharedSecrets ?",
      "rules.surge || true ?",
    ],
  ]),
];
