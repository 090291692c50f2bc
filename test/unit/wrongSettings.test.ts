import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { shown } from "../../components/model/rules/shown.ts";
import { readSettings } from "../../stacks/settings.ts";
import { configure, isolateSettings, password, required, variables } from "./isolatedSettings.ts";

isolateSettings();

/** A RunError is shown without a stack trace. */
function sentence(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return (error as Error).message;
  }
  throw new Error("no error was thrown");
}

const cap = [
  "a JSON object of pods, cpu, memory and ephemeralStorage",
  '{"pods": 30, "cpu": "16", "memory": "16Gi"}',
] as const;
const nodeSelector = ["a JSON object from label to value", '{"pool": "previews"}'] as const;
const ttl = ["a number of minutes, hours or days", "4h"] as const;
const names = "names with commas between them";

const wrong: [string, string, string, string][] = [
  ["kind", "release", "preview, standing or image", "preview"],
  ["sharedWithPreviews", "true", "words that say what is shared", "previews may read its secrets"],
  ["commit", "HEAD", "7 to 64 hexadecimal digits", "9dff06f"],
  ["commit", "9DFF06F", "7 to 64 hexadecimal digits", "9dff06f"],
  ["commit", "9dff06", "7 to 64 hexadecimal digits", "9dff06f"],
  [
    "images",
    `{"deals": "registry.example.com/shop/deals:latest"}`,
    "a JSON object from service to a reference by digest",
    `{"deals": "registry.example.com/shop/deals@sha256:${"0".repeat(64)}"}`,
  ],
  [
    "imageRepository",
    "Registry/Shop",
    "a registry's host and a path in lower case",
    "registry.example.com/shop/deals",
  ],
  ["registry", "https://registry", "a host, with a port if it needs one", "registry.example.com:5000"],
  ...["docker.io/", "--help", "../x", "docker.io//a", "docker.io/A"].map((value): (typeof wrong)[number] => [
    ...([
      "imagePrefix",
      value,
      "a registry's host, with a path in lower case if it needs one",
      "docker.io",
    ] as const),
  ]),
  ...["../../etc/passwd", "registry.example.com", "shop/deals", "registry.example.com/-x", "r.io/a:1"].map(
    (value): (typeof wrong)[number] => [
      "imageRepository",
      value,
      "a registry's host and a path in lower case",
      "registry.example.com/shop/deals",
    ],
  ),
  ...["--help", "-t", "Node", "node:", "node 24", "../node"].map((value): (typeof wrong)[number] => [
    ...(["baseImage", value, "an image reference", "node:24-slim"] as const),
  ]),
  [
    "standIns",
    "{",
    "a JSON object from repository:tag to digest",
    `{"weaveworksdemos/catalogue:0.3.5": "sha256:${"0".repeat(64)}"}`,
  ],
  [
    "standIns",
    `{"a/b:1": "latest"}`,
    "a JSON object from repository:tag to digest",
    `{"weaveworksdemos/catalogue:0.3.5": "sha256:${"0".repeat(64)}"}`,
  ],
  ...['{"deals": 3}', '{"deals": {"replicas": 0}}', '{"deals": {"liveness": "/alive"}}'].map(
    (value): (typeof wrong)[number] => [
      "scale",
      value,
      "an object from service to replicas or autoscaling, requests, limits, gracePeriodSeconds and liveness",
      '{"deals": {"replicas": 3}}',
    ],
  ),
  ...['{"postgres": "10Gi"}', '{"postgres": {}}', '{"postgres": {"size": "1Gi", "class": "a"}}'].map(
    (value): (typeof wrong)[number] => [
      "volumes",
      value,
      "an object from service to size, storageClass and path",
      '{"postgres": {"size": "10Gi"}}',
    ],
  ),
  [
    "secretRefs",
    '{"API_KEY": "shop-keys"}',
    "an object from variable to secret and key",
    '{"API_KEY": {"secret": "shop-keys", "key": "api"}}',
  ],
  ["functions", "browse, login", names, "browse,login"],
  ["functions", "browse,", names, "browse,login"],
  ["services", "Session_DB", names, "user,session-db"],
  ...["0", "!12", "1.5", "x", "12345678901"].map(
    (value) =>
      [
        "mergeRequest",
        value,
        "the number of a merge request or pull request",
        "12",
      ] as (typeof wrong)[number],
  ),
  ["trust", "forks", "trusted or fork", "fork"],
  ["trust", "Trusted", "trusted or fork", "fork"],
  ...["4", "0h", "1w", "-1h", "1.5h", "4h "].map((value) => ["ttl", value, ...ttl] as (typeof wrong)[number]),
  ...[
    "{",
    "30",
    "null",
    "[]",
    '{"pods": "30"}',
    '{"pods": 0}',
    '{"pods": 1.5}',
    '{"cpu": 8}',
    '{"pod": 3}',
  ].map((value) => ["cap", value, ...cap] as (typeof wrong)[number]),
  ...["pool=previews", "[]", '{"pool": 1}', '"pool"', '{"__proto__": "a"}'].map(
    (value) => ["nodeSelector", value, ...nodeSelector] as (typeof wrong)[number],
  ),
  ...["soon", "2026-03-01", "2026-02-30T12:00:00Z", "1795285362"].map(
    (value) =>
      [
        "deployedAt",
        value,
        "a time in UTC to the second that is at most 5 minutes ahead",
        "2026-03-01T12:00:00Z",
      ] as (typeof wrong)[number],
  ),
  ["readyWithinSeconds", "soon", "a whole number of seconds from 20 to 3600", "150"],
  ["readyWithinSeconds", "19", "a whole number of seconds from 20 to 3600", "150"],
  ["readyWithinSeconds", "3601", "a whole number of seconds from 20 to 3600", "150"],
  ["readyWithinSeconds", "20.5", "a whole number of seconds from 20 to 3600", "150"],
];

describe("a wrong setting", () => {
  it.each(wrong)("%s = %s is refused in one sentence", (key, value, rule, example) => {
    configure({ ...required, [key]: value });
    expect(sentence(readSettings)).toBe(
      `setting dynenv:${key} is ${shown(value)} but must be ${rule}, such as ${example}`,
    );
  });

  it.each(wrong.filter(([key]) => key in variables))(
    "%s = %s is refused in its CI variable, too",
    (key, value, rule, example) => {
      const variable = variables[key as keyof typeof variables];
      vi.stubEnv(variable, value);
      configure({ ...required, [key]: "" });
      expect(sentence(readSettings)).toBe(
        `variable ${variable} is ${shown(value)} but must be ${rule}, such as ${example}`,
      );
    },
  );

  it.each([
    ["registry", "a host, with a port if it needs one, such as registry.example.com:5000"],
    ["registryUser", "a text, such as gitlab-ci-token"],
    ["registryPassword", "a text, such as a token that may push"],
  ] as const)("without which there is no stack is named: %s", (key, rule) => {
    configure({ ...required, [key]: "" });
    const expected = `setting dynenv:${key} is missing: set it or the variable ${variables[key]} to ${rule}`;
    expect(sentence(readSettings)).toBe(expected);
  });

  it.each([
    ["registry", `${"a".repeat(300)}:5000`, 305, 255],
    ["registryUser", "u".repeat(100_000), 100_000, 512],
    ["imageRepository", `registry.example.com/${"a".repeat(300)}`, 321, undefined],
    ["ref", "r".repeat(600), 600, undefined],
  ])("that is too long is shown by its beginning: %s", (key, value, length, longest) => {
    configure({ ...required, [key]: value });
    const said = sentence(readSettings);
    expect(said).toMatch(/^setting dynenv:\w+ is ".{1,81}" \(\d+ characters\) but must be /);
    expect(said).toContain(`(${String(length)} characters)`);
    if (longest !== undefined)
      expect(said).toMatch(new RegExp(`at most ${String(longest)} characters long$`));
  });

  it("is named in the same way, whatever the project is called", async () => {
    const mocks = { call: () => ({}), newResource: () => ({ id: "", state: {} }) };
    await pulumi.runtime.setMocks(mocks, "my.shop", "s-1");
    configure({ ...required, kind: "release" });
    // A program's own settings are its own.
    pulumi.runtime.setConfig("my.shop:greeting", "hello");
    expect(sentence(readSettings)).toMatch(
      /^setting dynenv:kind is "release" but must be preview, standing or image/,
    );
  });

  it("is unknown when it is misspelt", () => {
    configure({ ...required, redyWithinSeconds: "150" });
    expect(sentence(readSettings)).toMatch(
      /^setting dynenv:redyWithinSeconds is unknown: the settings are kind, project, .*, readyWithinSeconds$/,
    );
  });

  it("never makes the password appear", () => {
    const changes = [...wrong.map(([key, value]) => ({ [key]: value })), { misspelt: "x" }, { registry: "" }];
    const sentences = changes.map((change) => {
      configure({ ...required, ...change });
      return sentence(readSettings);
    });
    expect(sentences).toHaveLength(wrong.length + 2);
    expect(sentences.filter((text) => text.includes(password))).toEqual([]);
  });
});

const token = "secret-token";
const config = (current: string | undefined, ...contexts: string[]) =>
  JSON.stringify({
    ...(current !== undefined && { "current-context": current }),
    contexts: contexts.map((name) => ({ name, context: {} })),
    users: [{ name: "ci", user: { token } }],
  });

function context(kubeconfig: string | undefined, wanted = ""): string {
  configure({ ...required, kubeContext: wanted });
  vi.stubEnv("KUBECONFIG", kubeconfig);
  return readSettings().kubeContext();
}

describe("the cluster's context", () => {
  it("is the current one, or the one that is asked for", () => {
    writeFileSync("config", config("staging", "staging", "production"));
    expect(context("config")).toBe("staging");
    vi.stubEnv("KUBE_CONTEXT", "production");
    expect(context("config")).toBe("production");
    expect(context("config", "staging")).toBe("staging");
  });

  it("comes from the first of several kubeconfigs that names one", () => {
    writeFileSync("none", config(undefined, "a"));
    writeFileSync("first", config("b", "b"));
    writeFileSync("second", config("c", "c"));
    expect(context("none:first:second")).toBe("b");
    expect(context("none::second:first:")).toBe("c");
    expect(context("first:second", "b")).toBe("b");
    expect(context("first:second", "c")).toBe("c");
  });
});

describe("a wrong kubeconfig", () => {
  it.each([undefined, ""])("that is not named (%j) is refused, not taken from the home folder", (path) => {
    expect(sentence(() => context(path))).toBe(
      'KUBECONFIG names no cluster: set it to a kubeconfig, or run `eval "$(./cli/dynenv env)"`',
    );
  });

  it("lacks the context", () => {
    writeFileSync("config", config("gone", "staging", "production"));
    const has = "it has production, staging";
    expect(sentence(() => context("config"))).toBe(`kubeconfig config has no context "gone": ${has}`);
    expect(sentence(() => context("config", "x"))).toBe(`kubeconfig config has no context "x": ${has}`);
    writeFileSync("config", config("gone"));
    expect(sentence(() => context("config"))).toBe('kubeconfig config has no context "gone": it has none');
  });

  it("has no current context", () => {
    writeFileSync("config", config(undefined, "staging"));
    expect(sentence(() => context("config"))).toBe(
      "kubeconfig config has no current context: name one with the setting kubeContext or KUBE_CONTEXT",
    );
  });

  it("cannot be read", () => {
    writeFileSync("config", "- a list");
    expect(sentence(() => context("config"))).toBe(
      "kubeconfig config is wrong at its top: write it with `kubectl config`",
    );
    expect(sentence(() => context("missing"))).toMatch(/^kubeconfig missing cannot be read/);
  });

  it("that is no YAML does not make its credentials appear", () => {
    writeFileSync("config", `users:\n- user: {token: ${token}\n`);
    expect(sentence(() => context("config"))).not.toContain(token);
  });
});

describe("settings of the image stack", () => {
  it("need no cluster", () => {
    configure({ ...required, kind: "image" });
    expect(readSettings().kind).toBe("image");
  });
});
