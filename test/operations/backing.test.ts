import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { inNamespace, pullSecret } from "../integration/pods.ts";
import {
  adminKubeconfig,
  docker,
  dynenv,
  kubectl,
  kubectlApply,
  pulumi,
  remains,
  shell,
  tryKubectl,
  uniqueName,
} from "../integration/shell.ts";
import { initialised } from "./initialised.ts";

const stack = uniqueName("backing");
const other = uniqueName("initialised");
const namespace = `env-${stack}`;
const program = ["--cwd", join(projectRoot, "test", "fixtures", "backing"), "--stack", stack];
const named = ["postgres", "mariadb", "redis", "rabbitmq", "mailpit", "s3"];
let settings: string[] = [];
let output = "";

beforeAll(async () => {
  const [provided, image, context] = await Promise.all([
    dynenv(["cluster", "images", "--json", ...named], { KUBECONFIG: adminKubeconfig }),
    clientImage(),
    kubectl("config", "current-context"),
  ]);
  expect(provided.exitCode, provided.output).toBe(0);
  const standIns = JSON.parse(provided.stdout) as Record<string, string>;
  const values = {
    image,
    context: context.trim(),
    commit: "0123456789abcdef0123456789abcdef01234567",
    images: JSON.stringify({ prefix: shell.DYNENV_IMAGE_PREFIX, standIns }),
    server: shell.CI_REGISTRY ?? "",
    username: shell.CI_REGISTRY_USER ?? "",
  };
  settings = Object.entries(values).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  const [up] = await Promise.all([firstUp(), startInitialised(standIns)]);
  output = up.output;
  expect(up.exitCode, output).toBe(0);
}, 900_000);

afterAll(async () => {
  const [removal] = await Promise.all([
    pulumi(["destroy", "--yes", "--skip-preview", "--remove", ...program]),
    tryKubectl("delete", "namespace", other, "--ignore-not-found", "--timeout=60s"),
  ]);
  expect(removal.exitCode, removal.output).toBe(0);
  expect(await remains()).toEqual([]);
}, 90_000);

async function firstUp() {
  await pulumi(["stack", "init", ...program]);
  const password = shell.CI_REGISTRY_PASSWORD ?? "";
  await pulumi(["config", "set", "--secret", "password", password, ...program]);
  return pulumi(["up", "--yes", "--skip-preview", ...settings, ...program]);
}

async function startInitialised(images: Record<string, string>): Promise<void> {
  const {
    CI_REGISTRY: server = "",
    CI_REGISTRY_USER: user = "",
    CI_REGISTRY_PASSWORD: password = "",
  } = shell;
  await kubectl("create", "namespace", other);
  const objects = [pullSecret("pull", server, user, password), ...initialised(images)];
  const applied = await kubectlApply(...objects.map((object) => inNamespace(other, object)));
  expect(applied.exitCode, applied.output).toBe(0);
}

/** An application with the usual clients of all of them. */
async function clientImage(): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), "dynenv-"));
  try {
    await cp(join(projectRoot, "test", "fixtures", "backing-client"), context, { recursive: true });
    await execa("npm", ["install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"], {
      cwd: context,
      env: shell,
    });
    const name = `${shell.CI_REGISTRY ?? ""}/dynenv/${stack}`;
    const config = join(adminKubeconfig, "..", "docker-config");
    const base = `BASE=${shell.DYNENV_BASE_IMAGE ?? ""}`;
    await docker(["--config", config, "build", "--build-arg", base, "--tag", name, context]);
    await docker(["--config", config, "push", "--quiet", name]);
    // The same image may have the name of an earlier run, too, which the registry has no longer.
    const digests = await docker(["inspect", "--format", '{{join .RepoDigests "\\n"}}', name]);
    return digests.split("\n").find((digest) => digest.startsWith(`${name}@`)) ?? "";
  } finally {
    await rm(context, { recursive: true });
  }
}

describe("an application that uses backing services", () => {
  test("finds each by the variables that it is given, with its data, and by its password alone", async () => {
    const read = 'fetch("http://localhost:8080/").then((it) => it.text()).then(console.log)';
    const answer = await kubectl("exec", "-n", namespace, "deploy/api", "--", "node", "--eval", read);
    expect(JSON.parse(answer)).toEqual({
      postgres: [{ text: "hello from postgres" }],
      mariadb: [{ text: "hello from mariadb" }],
      redis: "hello from redis",
      rabbitmq: "hello from rabbitmq",
      mailpit: "hello from mailpit to ada@example.com",
      s3: "hello from s3 as text/plain",
      refused: ["28P01", expect.stringContaining("WRONGPASS"), "SignatureDoesNotMatch"],
    });
  });

  test("is tested by a suite that reads its mails, with as much memory as the suite states", async () => {
    await kubectl("create", "job", "mails", "-n", namespace, "--from=cronjob/test");
    await kubectl("wait", "-n", namespace, "--for=condition=Complete", "job/mails", "--timeout=60s");
    const path = "jsonpath={.items[*].spec.containers[0].resources.limits}";
    const limits = await kubectl("get", "pod", "-n", namespace, "-l", "job-name=mails", "-o", path);
    expect(JSON.parse(limits)).toEqual({ cpu: "1", memory: "640Mi", "ephemeral-storage": "1088Mi" });
  });

  test("is admitted without a warning, and keeps the passwords out of output and state", async () => {
    expect(output).not.toContain("would violate");
    const { stdout: state } = await pulumi(["stack", "export", ...program]);
    expect(state).toContain("postgres-password");
    for (const name of named.filter((name) => name !== "mailpit")) {
      const secret = [
        "get",
        "secret",
        `${name}-password`,
        "-n",
        namespace,
        "-o",
        "jsonpath={.data.password}",
      ];
      const password = Buffer.from(await kubectl(...secret), "base64").toString();
      expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
      for (const text of [output, state]) expect(text).not.toContain(password);
    }
  });

  test("changes nothing on a second up", async () => {
    const again = await pulumi([
      "up",
      "--yes",
      "--skip-preview",
      "--expect-no-changes",
      ...settings,
      ...program,
    ]);
    expect(again.exitCode, again.output).toBe(0);
  });
});

describe("a stand-in", () => {
  test("reads a password from a file and runs the scripts of its init folder, as the official image does", async () => {
    await kubectl("wait", "-n", other, "--for=condition=Ready", "pod", "--all", "--timeout=60s");
    const asked = (pod: string, ...command: string[]) => kubectl("exec", "-n", other, pod, "--", ...command);
    const query = "SELECT text FROM greetings ORDER BY text";
    const client = "psql --username orders --tuples-only --no-align --command";
    expect(await asked("postgres", ...client.split(" "), query)).toBe("by shell\nby sql\nby zip");
    const sql = `MYSQL_PWD=$(cat /secret/password) mariadb --user=root --skip-column-names orders --execute='${query}'`;
    expect(await asked("mariadb", "sh", "-c", sql)).toBe("by shell\nby sql\nby zip");
  });
});
