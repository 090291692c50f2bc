import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker, kubectl, pulumi, shell, stacks, uniqueName } from "./shell.ts";

const stack = uniqueName("gate");
const namespace = `env-${stack}`;
const catalogue = "weaveworksdemos/catalogue:0.3.5";
const standIns = JSON.parse(shell.DYNENV_STAND_INS ?? "{}") as Record<string, string>;
let broken = "";

/** A catalogue that serves its pages, and whose health page says that its database does not work. */
const server = `#!/usr/local/bin/node
require("node:http").createServer((request, response) => {
  response.end(JSON.stringify({ health: [{ service: "catalogue-db", status: "err" }] }));
}).listen(8080);
`;

/** Pushes it beside the catalogue that works. @returns its digest. */
async function pushBroken(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  const [repository = ""] = catalogue.split(":");
  const registry = shell.CI_REGISTRY ?? "";
  const image = `${registry}/${repository}:${stack}`;
  try {
    await writeFile(join(folder, "app"), server);
    await chmod(join(folder, "app"), 0o755);
    const base = `${shell.DYNENV_IMAGE_PREFIX ?? ""}/${catalogue}@${standIns[catalogue] ?? ""}`;
    const dockerfile = `FROM ${base.replace(shell.DYNENV_IMAGE_PREFIX ?? "", registry)}\nCOPY app /app\n`;
    await writeFile(join(folder, "Dockerfile"), dockerfile);
    const { CI_REGISTRY_USER: user = "", CI_REGISTRY_PASSWORD: input = "" } = shell;
    const env = { ...shell, DOCKER_CONFIG: folder };
    await docker(["login", "--username", user, "--password-stdin", registry], { env, input });
    await docker(["build", "--tag", image, folder], { env });
    await docker(["push", image], { env });
    const digests = await docker(["image", "inspect", "--format", "{{json .RepoDigests}}", image], { env });
    return /sha256:[0-9a-f]{64}/.exec(digests)?.[0] ?? "";
  } finally {
    await rm(folder, { recursive: true });
  }
}

const up = (image: string, ...settings: string[]) =>
  pulumi(["up", "--yes", "--skip-preview", "--stack", stack, ...settings], {
    DYNENV_STAND_INS: JSON.stringify({ ...standIns, [catalogue]: image }),
  });

beforeAll(async () => {
  broken = await pushBroken();
  await pulumi(["stack", "select", "--create", stack]);
});

afterAll(async () => {
  if ((await stacks()).includes(stack))
    await pulumi(["destroy", "--yes", "--skip-preview", "--remove", "--stack", stack]);
});

test("an update passes its gate only on what its own pods say, and the way back is open", async () => {
  const first = await up(standIns[catalogue] ?? "");
  expect(first.exitCode, first.output).toBe(0);

  // The kubelet takes the broken pod for ready, so that both revisions answer while one replaces the other.
  const update = await up(broken, "--config", "readyWithinSeconds=30");
  expect(update.exitCode, update.output).not.toBe(0);
  const message = await kubectl(
    ...["get", "pods", "-n", namespace, "--selector", "dynenv/job=readiness", "-o"],
    "jsonpath={.items[*].status.containerStatuses[*].state.terminated.message}",
  );
  expect(message).toContain("catalogue-db");

  const back = await up(standIns[catalogue] ?? "", "--config", "readyWithinSeconds=140");
  expect(back.exitCode, back.output).toBe(0);
}, 180_000);
