import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { readSettings } from "../../stacks/settings.ts";
import { configure, digest, isolateSettings, password, required, variables } from "./isolatedSettings.ts";

isolateSettings();

function readPlain() {
  const { registry, ...settings } = readSettings();
  if (registry === undefined) throw new Error("there is no login");
  const { server, username, password: secret } = registry;
  return { ...settings, registry: { server, username }, secret };
}

describe("settings", () => {
  it("have defaults", () => {
    configure(required);
    expect(readPlain()).toMatchObject({
      kind: "preview",
      stack: "s-1",
      project: "dynenv",
      ref: "main",
      commit: "9dff06f",
      scale: {},
      images: {},
      baseImage: undefined,
      imageRepository: "registry.example.com/dynenv",
      registry: { server: "registry.example.com", username: "puller" },
      functions: [],
      services: [],
      trust: "trusted",
      ttl: undefined,
      deployedAt: undefined,
      cap: {},
      nodeSelector: {},
      imagePrefix: "docker.io",
      standIns: {},
      readyWithinSeconds: 140,
    });
  });

  it("keep the password secret", async () => {
    configure(required);
    const { secret } = readPlain();
    expect(await pulumi.isSecret(secret)).toBe(true);
    expect(await new Promise((resolve) => secret.apply(resolve))).toBe(password);
  });
});

const fromVariables = {
  project: "group/project",
  ref: "feature/from-ci",
  commit: "1111111",
  mergeRequest: "12",
  images: `{"deals": "ci.example.com/deals@${digest}"}`,
  baseImage: "ci.example.com/node:24",
  imageRepository: "ci.example.com/group/project",
  registry: "ci.example.com:5000",
  registryUser: "ci-user",
  registryPassword: "ci-password",
  pullUser: "ci-puller",
  pullPassword: "ci-pull-password",
  pullLogins: '{"auths": {"ghcr.io": {"auth": "Y2k6Y2k="}}}',
  trust: "trusted",
  deployedAt: "2026-03-01T12:00:00Z",
  imagePrefix: "ci.example.com/proxy",
  standIns: `{"a/b:1": "${digest}"}`,
};
const fromConfiguration = {
  kind: "image",
  project: "Group/Configured",
  ref: "configured",
  commit: "2222222222222222222222222222222222222222",
  mergeRequest: "2147483647",
  images: `{"deals": "registry.example.com/shop/deals@${digest}"}`,
  baseImage: "configured.example.com/node:24",
  imageRepository: "configured.example.com/images",
  registry: "configured.example.com",
  registryUser: "configured-user",
  registryPassword: "configured-password",
  pullUser: "configured-puller",
  pullPassword: "configured-pull-password",
  pullLogins: '{"auths": {"quay.io": {"auth": "Y2k6Y2k="}}, "credsStore": "desktop"}',
  functions: "browse,login",
  services: "session-db",
  trust: "trusted",
  ttl: "90m",
  deployedAt: "2026-03-02T12:00:00Z",
  cap: '{"pods": 30, "memory": "16Gi", "ephemeralStorage": "20Gi"}',
  nodeSelector: '{"pool": "previews"}',
  imagePrefix: "configured.example.com",
  standIns: "{}",
  readyWithinSeconds: "20",
};

function textOf(secret: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => secret.apply(resolve));
}

async function readRaw(): Promise<Record<string, unknown>> {
  const { secret, registry, pull, pullLogins, ...settings } = readPlain();
  return {
    ...{ ...settings, registry: registry.server, registryUser: registry.username },
    ...{ registryPassword: await textOf(secret), pullUser: pull?.username },
    pullPassword: pull && (await textOf(pull.password)),
    pullLogins: pullLogins && (await textOf(pullLogins)),
  };
}

describe("a setting", () => {
  it("comes from its CI variable", async () => {
    for (const [key, variable] of Object.entries(variables)) {
      vi.stubEnv(variable, fromVariables[key as keyof typeof variables]);
    }
    configure({});
    expect(await readRaw()).toMatchObject({
      ...fromVariables,
      ...{ images: { deals: `ci.example.com/deals@${digest}` }, standIns: { "a/b:1": digest } },
    });
  });

  it("comes from the configuration before its CI variable", async () => {
    for (const [key, variable] of Object.entries(variables)) {
      vi.stubEnv(variable, fromVariables[key as keyof typeof variables]);
    }
    configure(fromConfiguration);
    expect(await readRaw()).toMatchObject({
      ...fromConfiguration,
      functions: ["browse", "login"],
      services: ["session-db"],
      cap: { pods: 30, memory: "16Gi", ephemeralStorage: "20Gi" },
      nodeSelector: { pool: "previews" },
      images: { deals: `registry.example.com/shop/deals@${digest}` },
      standIns: {},
      readyWithinSeconds: 20,
    });
  });

  it("is taken from its CI variable without blanks and line ends around it", async () => {
    for (const [key, variable] of Object.entries(variables)) {
      vi.stubEnv(variable, ` ${fromVariables[key as keyof typeof variables]}\r\n`);
    }
    configure({});
    expect(await readRaw()).toMatchObject({
      ...fromVariables,
      ...{ images: { deals: `ci.example.com/deals@${digest}` }, standIns: { "a/b:1": digest } },
    });
  });

  it("that is empty counts as not set", () => {
    vi.stubEnv("CI_COMMIT_REF_NAME", "from-ci");
    vi.stubEnv("DYNENV_IMAGE_PREFIX", "");
    configure({ ...required, ref: "", imagePrefix: "", images: "" });
    expect(readPlain()).toMatchObject({ ref: "from-ci", imagePrefix: "docker.io", images: {} });
  });

  it("of another namespace is none of ours", () => {
    configure(required);
    pulumi.runtime.setConfig("kubernetes:context", "x");
    expect(readPlain().project).toBe("dynenv");
  });
});

describe("the login with which the cluster pulls", () => {
  const logins = async () => {
    const { registryUser, registryPassword, pullUser, pullPassword } = await readRaw();
    return { push: [registryUser, registryPassword], pull: [pullUser, pullPassword] };
  };
  const push = [required.registryUser, password];

  it("is the one that pushes where there is no other", async () => {
    configure(required);
    expect(await logins()).toEqual({ push, pull: push });
  });

  it("is GitLab's deploy token where there is one", async () => {
    vi.stubEnv("CI_DEPLOY_USER", "gitlab-deploy-token");
    vi.stubEnv("CI_DEPLOY_PASSWORD", "token\n");
    configure(required);
    expect(await logins()).toEqual({ push, pull: ["gitlab-deploy-token", "token"] });
    vi.stubEnv("DYNENV_PULL_USER", "mine");
    expect(readSettings).toThrow(
      "setting dynenv:pullPassword is missing: set it or the variable DYNENV_PULL_PASSWORD to a text, such as a token that may pull",
    );
    vi.stubEnv("DYNENV_PULL_PASSWORD", "my-token");
    expect(await logins()).toEqual({ push, pull: ["mine", "my-token"] });
  });

  it("is both of its halves, or none", () => {
    for (const [given, missing] of [
      [{ pullUser: "puller" }, "pullPassword"],
      [{ pullPassword: "token" }, "pullUser"],
    ] as const) {
      configure({ ...required, ...given });
      expect(readSettings).toThrow(
        `setting dynenv:${missing} is missing: set it or the variable DYNENV_PULL_`,
      );
    }
  });

  it("is a secret", async () => {
    configure({ ...required, pullUser: "puller", pullPassword: "token" });
    const { pull } = readSettings();
    expect(pull && (await pulumi.isSecret(pull.password))).toBe(true);
  });
});

describe("the logins to other registries", () => {
  const logins = '{"auths": {"ghcr.io": {"auth": "Y2k6Y2k="}}}';

  it("are secret, and none of GitLab's own without being told", async () => {
    vi.stubEnv("DOCKER_AUTH_CONFIG", logins);
    configure(required);
    expect(readSettings().pullLogins).toBeUndefined();
    vi.stubEnv("DYNENV_PULL_LOGINS", logins);
    const { pullLogins } = readSettings();
    expect(pullLogins && (await pulumi.isSecret(pullLogins))).toBe(true);
  });

  it("are none for a fork", () => {
    vi.stubEnv("DYNENV_PULL_LOGINS", logins);
    configure({ ...required, trust: "fork" });
    expect(readSettings().pullLogins).toBeUndefined();
  });
});

describe("settings with trust fork", () => {
  const { registry, registryUser, registryPassword, ...others } = required;
  const fork = { ...others, trust: "fork" };

  it("need no login to a registry", () => {
    configure(fork);
    expect(readSettings()).toMatchObject({ trust: "fork", registry: undefined });
  });

  it("leave out a login that is there", () => {
    configure({ ...fork, registry, registryUser, registryPassword });
    expect(readSettings().registry).toBeUndefined();
  });

  it("come from the CI variable, which the configuration overrides", () => {
    vi.stubEnv("DYNENV_TRUST", "fork");
    configure(others);
    expect(readSettings().registry).toBeUndefined();
    configure({ ...required, trust: "trusted" });
    expect(readSettings().registry).toBeDefined();
  });
});

describe("changes that are not committed", () => {
  it("are told as a hash, and only when they are asked for", () => {
    configure(required);
    const { dirty } = readSettings();
    execFileSync("git", ["init", "--quiet"]);
    expect(dirty("app")).toBeUndefined();
    writeFileSync("new", "");
    execFileSync("git", ["add", "new"]);
    expect(dirty("app")).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe("branch and commit", () => {
  const others = { ...required, ref: "", commit: "" };

  it("are those that are checked out, when nothing names them", () => {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
    git("init", "--quiet", "--initial-branch=feature/local");
    git(
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@example.com",
      "commit",
      "--quiet",
      "--allow-empty",
      "-m",
      "a",
    );
    configure(others);
    expect(readPlain()).toMatchObject({ ref: "feature/local", commit: git("rev-parse", "HEAD") });
  });

  it("must be named where nothing is checked out", () => {
    vi.stubEnv("GIT_CEILING_DIRECTORIES", tmpdir());
    configure(others);
    expect(readSettings).toThrow(
      /^setting dynenv:ref is missing: set it or the variable DYNENV_REF to a line of 1 to 512 characters without control characters, such as feature\/login$/,
    );
    configure({ ...others, ref: "main" });
    expect(readSettings).toThrow(
      /^setting dynenv:commit is missing: set it or the variable DYNENV_COMMIT to 7 to 64 hexadecimal digits, such as 9dff06f$/,
    );
  });
});
