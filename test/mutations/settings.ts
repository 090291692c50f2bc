import { inFile, type Mutation } from "./mutation.ts";

/** Settings, the code that is deployed, and how a cluster is reached. */
export const settings: Mutation[] = [
  ...inFile(
    "stacks/settings.ts",
    ["settings", "wrongSettings"],
    [
      [
        "a variable comes before the configuration",
        'const value = configured !== "" || variable === undefined ? configured : (valueOf(variable) ?? "");',
        "const value = variable === undefined ? configured : (valueOf(variable) ?? configured);",
      ],
      [
        "a fork's stack reads the project's login",
        "trustRules[trust].sharedSecrets ? registryLogin() : undefined",
        "registryLogin()",
      ],
      [
        "the cluster pulls with the login that pushes",
        "pull: registry && pullLogin(registry)",
        "pull: registry",
      ],
      [
        "a setting that does not exist is passed over",
        "!known.includes(key.slice(prefix.length))",
        "key === prefix",
      ],
    ],
  ),
  ...inFile("stacks/imageContext.ts", "imageContext", [
    [
      "what .dockerignore leaves out counts as a change of the image",
      'rules.ignores(path.replace(/\\/$/, ""))',
      'rules.ignores("")',
    ],
  ]),
  ...inFile("stacks/image.ts", "imageCommit", [
    [
      "an image that tells its commit tells that of its last change",
      "tellsCommit ? commit : (lastChange({ context, dockerfile }) ?? commit)",
      "lastChange({ context, dockerfile }) ?? commit",
    ],
  ]),
  ...inFile("foundation/dockerignore.ts", "dropInContext", [
    ["the first rule of .dockerignore decides", "this.#rules.findLast(", "this.#rules.find("],
  ]),
  ...inFile("foundation/ownCode.ts", "ownCode", [
    ["a merge passes for what it was merged into", ".slice(1)\n", ".slice(0)\n"],
    [
      "a program that is not committed passes for the commit",
      "if (!isCommitted(folder))",
      "if (!isCommitted(checkoutRoot(folder) ?? folder))",
    ],
  ]),
  ...inFile("foundation/checkout.ts", "checkout", [
    [
      "files that git was told not to look at are no change",
      ", ...keptFromSight(root).map((path) => ` M ${path}`)",
      "",
    ],
  ]),
  ...inFile("stacks/external.ts", "external", [
    ["a preview writes into what others use", "requireStanding(settings);", ""],
    [
      "what is elsewhere is deployed, too",
      "services: services.filter(({ name }) => isHere(name)).map",
      "services: services.map",
    ],
    [
      "nobody may call what is elsewhere",
      "cidr: rangeOf(at), port }))",
      "cidr: rangeOf(at), port })).slice(1)",
    ],
    [
      "a text of one's own loses",
      "...given, ...own.environment, ...withUse",
      "...own.environment, ...given, ...withUse",
    ],
  ]),
  ...inFile("foundation/releaseLock.ts", "releaseLock", [
    ["an edited lock is taken", "if (hashOf(canonical(rest)) === content) return lock;", "return lock;"],
    ["a lock of another project is taken", "if (project === own) return;", "return;"],
    ["a version may lead out of its folder", "(?!.*\\.\\.)", ""],
  ]),
  ...inFile("cli/release/stableBranch.ts", "stableBranch", [
    ["commits of others count", 'if (said === tree && !parents.includes(" ")) continue;', "continue;"],
    ["a branch that has parted is followed", "here !== tip && !(await isAncestor(git, here, tip))", "false"],
    [
      "one who was overtaken gives up",
      "if (attempt === tries || !isOvertaken(error)) throw error;",
      "throw error;",
    ],
    ["a commit is made where nothing changes", "if (tree === before) return undefined;", ""],
  ]),
  ...inFile("cli/release/migrations.ts", "releaseLock", [
    ["a migration that both have is told", "files.filter((file) => !known.includes(file))", "files"],
  ]),
  ...inFile("rendering/content.ts", "rendering", [
    ["texts of Secrets count", "data: keysOf(object), stringData: undefined", "stringData: undefined"],
    ["an autoscaler's number counts", '(isScaled && key === "replicas")', "false"],
    ["who made an object counts", '"app.kubernetes.io/managed-by",', ""],
    ["names by chance count", '=== "true")', '=== "never")'],
  ]),
  ...inFile("rendering/files.ts", "rendering", [
    ["a Secret is written", '.filter(({ kind }) => kind !== "Secret")', ""],
  ]),
  ...inFile("rendering/secretsScript.ts", "rendering", [
    ["a quote ends a text", ".replaceAll(\"'\", `'\\\\''`)", ""],
    ["what is missing is empty", ":?is the text of a secret: set it", ":-"],
  ]),
  ...inFile("foundation/kubeconfig.ts", "kubeconfig", [
    [
      "the last of several kubeconfigs counts",
      "if (!known.has(name)) known.set(name, entry);",
      "known.set(name, entry);",
    ],
    [
      "a path is taken from the current folder",
      "return [name, resolve(folder, value)];",
      "return [name, resolve(value)];",
    ],
  ]),
  ...inFile("foundation/proxy.ts", "proxy", [
    ["NO_PROXY means only whole hosts", "host.endsWith(`.${domain}`)", "host.endsWith(`..${domain}`)"],
    ["the node itself is asked through the proxy", " || isLoopback(host)) return", ") return"],
  ]),
  ...inFile("foundation/lock.ts", "lock", [
    ["others can enter the folder of locks", "if ((mode & 0o077) !== 0) chmodSync(locks, 0o700);", ""],
  ]),
  ...inFile("cli/access/clusterVariables.ts", "clusterVariables", [
    ["a token is sent without TLS", 'protocol !== "https:" || [', '!protocol.startsWith("http") || ['],
    ["a key need not be the certificate's", "if (fits !== true)", "if (fits === undefined)"],
  ]),
  ...inFile("cli/access/privateKubeconfig.ts", "privateKubeconfig", [
    [
      "everybody may read the copy of a kubeconfig",
      "writeFileSync(unfinished, text, { mode: 0o600 })",
      "writeFileSync(unfinished, text, { mode: 0o644 })",
    ],
    ["clusters of the same address share a context", "[server, ...authority(cluster)]", "[server]"],
  ]),
  ...inFile("cli/access/permissions.ts", "permissions", [
    [
      "nobody asks for a role's own rights",
      "if (lacking.length === 0) return [];",
      "if (lacking.length >= 0) return [];",
    ],
  ]),
  ...inFile("cli/access/permissions.ts", "createdKinds", [
    ["no right is asked for to create ConfigMaps", '["", "configmaps", "var', '["", "secrets", "var'],
  ]),
  ...inFile("cli/access/preflight.ts", "preflight", [
    [
      "what the cluster does not allow counts as allowed",
      "status?.allowed !== true",
      "status?.allowed === undefined",
    ],
  ]),
  ...inFile("cli/environment/registryLogin.ts", "webRequest", [
    [
      "a login that the registry refuses is taken",
      "answer?.statusCode === 401 &&",
      "answer?.statusCode === 403 &&",
    ],
  ]),
];
