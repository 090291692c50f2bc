import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { docker, kubectl, pulumi, shell, uniqueName, type Ended } from "./shell.ts";
import { standInOf, standIns } from "./standIns.ts";

const catalogue = "weaveworksdemos/catalogue:0.3.5";

/** A catalogue that serves its pages, and whose health page says that its database does not work. */
const server = `#!/usr/local/bin/node
require("node:http").createServer((request, response) => {
  response.end(JSON.stringify({ health: [{ service: "catalogue-db", status: "err" }] }));
}).listen(8080);
`;

/** Pushes it beside the catalogue that works. @returns its digest. */
export async function pushBrokenCatalogue(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dynenv-"));
  const [repository = ""] = catalogue.split(":");
  const registry = shell.CI_REGISTRY ?? "";
  const image = `${registry}/${repository}:${uniqueName("broken")}`;
  try {
    await writeFile(join(folder, "app"), server);
    await chmod(join(folder, "app"), 0o755);
    const dockerfile = `FROM ${standInOf(catalogue).replace(shell.DYNENV_IMAGE_PREFIX ?? "", registry)}\nCOPY app /app\n`;
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

/** Runs plain `pulumi up` with another image as the catalogue. Default: the one that works. */
export function upWithCatalogue(stack: string, image?: string, ...settings: string[]): Promise<Ended> {
  const images = { ...standIns, ...(image !== undefined && { [catalogue]: image }) };
  return pulumi(["up", "--yes", "--skip-preview", "--stack", stack, ...settings], {
    DYNENV_STAND_INS: JSON.stringify(images),
  });
}

/**
 * Updates to a catalogue that the kubelet takes for ready, so that both revisions answer while one replaces the other, and
 * goes back: the first must fail by the gate's own word, the second must succeed.
 */
export async function expectWrongUpdateRefused(
  stack: string,
  image: string,
  readyWithinSeconds: number,
): Promise<void> {
  const seconds = String(readyWithinSeconds);
  const update = await upWithCatalogue(stack, image, "--config", `readyWithinSeconds=${seconds}`);
  expect(update.exitCode, update.output).not.toBe(0);
  const message = await kubectl(
    ...["get", "pods", "-n", `env-${stack}`, "--selector", "dynenv/job=readiness", "-o"],
    "jsonpath={.items[*].status.containerStatuses[*].state.terminated.message}",
  );
  expect(message).toContain("catalogue-db");

  const back = await upWithCatalogue(stack, undefined, "--config", "readyWithinSeconds=140");
  expect(back.exitCode, back.output).toBe(0);
}
