import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { clusterFromKubeconfig } from "../../cli/access/kubeconfigFile.ts";
import { projectRoot } from "../../foundation/folders.ts";
import type { Checkout } from "../operations/pipelineCheckout.ts";
import { shell, type Ended } from "../integration/shell.ts";
import { gateway, secureDoor } from "../integration/testGateway.ts";

/** A checkout, what the machine that its jobs run on has beside, and who reads each line of a run when it comes. */
type Job = Checkout & { machine?: Record<string, string>; watch?: (line: string) => void };

/** How long a run may take before it counts as hanging; a stranger's jobs install the package, each for itself. */
const limit = 480_000;

/** Where the program of this repository is, which the files of ci/ take to be in a stranger's. */
export const thisProgram = { DYNENV_PROGRAM: ".", DYNENV_INSTALL: "true", DYNENV: "cli/dynenv" };

/** Variables that a project gives to its pipelines. */
export async function projectVariables(): Promise<Record<string, string>> {
  const { cluster, user } = clusterFromKubeconfig(shell.KUBECONFIG ?? "", undefined);
  const passphrase = await readFile(shell.PULUMI_CONFIG_PASSPHRASE_FILE ?? "", "utf8");
  return {
    ...picked(shell, "PULUMI_BACKEND_URL", "CI_REGISTRY", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD"),
    ...picked(shell, "DYNENV_PULL_USER", "DYNENV_PULL_PASSWORD"),
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    KUBE_URL: cluster.server,
    KUBE_TOKEN: String(user.token),
    KUBE_CA: String(cluster["certificate-authority-data"]),
  };
}

/** Runs the pipeline of GitLab in `checkout` by gitlab-ci-local. */
export async function gitlab(
  checkout: Job,
  variables: Record<string, string>,
  args: string[],
): Promise<Ended> {
  const parent = join(checkout.folder, "..");
  const authority = join(parent, "ca.pem");
  const { KUBE_CA = "", ...others } = variables;
  await writeFile(authority, Buffer.from(KUBE_CA, "base64"));
  // The node's Docker daemon is there, in place of a container that is pulled.
  const file = "include: [{ local: ci/gitlab-ci.yml }]\nbuild: { services: [] }\n";
  await writeFile(join(parent, "gitlab-ci.yml"), file);
  const set = {
    ...others,
    ...{ KUBE_CA_PEM_FILE: authority, CI_REGISTRY_IMAGE: shell.CI_REGISTRY_IMAGE ?? "" },
    ...{ DOCKER_HOST: shell.DOCKER_HOST ?? "", DOCKER_TLS_VERIFY: "", DOCKER_CERT_PATH: "" },
    ...{ CI_REPOSITORY_URL: `file://${checkout.origin}` },
    ...{ CI_COMMIT_REF_NAME: checkout.branch, CI_COMMIT_SHA: checkout.commit },
  };
  const options = ["--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source", "--no-color"];
  return ended(
    checkout,
    "gitlab-ci-local",
    [
      ...["--file", "../gitlab-ci.yml", "--state-dir", "../state", ...options, ...args],
      ...Object.entries(set).flatMap(([name, value]) => ["--variable", `${name}=${value}`]),
    ],
    {},
  );
}

/** Where a workflow's artifacts get, beside its checkout. */
export const artifactsFolder = "artifacts";

/** In place of actions that only GitHub has, with the same inputs. */
const standIns: Record<string, string> = {
  // The machine's own.
  "actions/setup-node": `
name: setup-node
inputs: { node-version: { required: true } }
runs:
  using: composite
  steps: [{ if: always(), shell: bash, run: node --version }]
`,
  // From the repository here.
  "actions/checkout": `
name: checkout
inputs: { ref: { required: false }, persist-credentials: { required: false } }
runs:
  using: composite
  steps:
    # Without it act skips it in a run that was cancelled.
    - if: always()
      shell: bash
      env: { REF: "\${{ inputs.ref }}" }
      run: |
        git init --quiet --template= .
        git fetch --quiet --depth 1 "$REPOSITORY" "$REF"
        git checkout --quiet FETCH_HEAD
`,
  "actions/upload-artifact": `
name: upload-artifact
inputs:
  name: { required: false }
  path: { required: true }
  archive: { required: false }
  if-no-files-found: { required: false }
runs:
  using: composite
  steps:
    - shell: bash
      env: { FILE: "\${{ inputs.path }}" }
      run: |
        mkdir -p "$ARTIFACTS"
        if [ -e "$FILE" ]; then mv "$FILE" "$ARTIFACTS"; fi
`,
};

/** Starts the workflow of GitHub in `checkout` by act, for an event of a pull request. */
export async function github(
  act: string,
  checkout: Job,
  variables: Record<string, string>,
  event: { action: string; headRepository?: string },
  stopAt?: string,
): Promise<Ended> {
  const parent = join(checkout.folder, "..");
  const workflow = await readFile(join(checkout.folder, "ci", "github-actions.yml"), "utf8");
  const repositories = await Promise.all(
    Object.entries(standIns).map(async ([action, text]) => {
      const folder = join(parent, action);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "action.yml"), text);
      const [pinned = ""] = new RegExp(`${action}@[0-9a-f]{40}`).exec(workflow) ?? [];
      return ["--local-repository", `${pinned}=${folder}`];
    }),
  );
  await writeFile(join(parent, "event.json"), JSON.stringify(pullRequest(checkout, event)));
  const args = [
    ...["pull_request", "--eventpath", "../event.json", "--workflows", "ci/github-actions.yml"],
    ...[
      "--platform",
      "ubuntu-24.04=-self-hosted",
      "--no-cache-server",
      "--action-cache-path",
      join(parent, "act"),
    ],
    ...repositories.flat(),
    ...Object.entries(variables).flatMap(([name, value]) => [
      workflow.includes(`secrets.${name} `) ? "--secret" : "--var",
      `${name}=${value}`,
    ]),
  ];
  const env = {
    REPOSITORY: checkout.folder,
    ARTIFACTS: join(parent, artifactsFolder),
    GITHUB_REPOSITORY: "shop/deals",
    ...picked(shell, "DOCKER_HOST"),
  };
  return ended(checkout, join(act, "act"), args, env, stopAt);
}

function pullRequest(
  { branch, commit }: Checkout,
  { action, headRepository = "shop/deals" }: { action: string; headRepository?: string },
) {
  const head = {
    ...{ ref: branch, sha: commit, label: `${headRepository.split("/")[0] ?? ""}:${branch}` },
    repo: { full_name: headRepository },
  };
  return {
    action,
    pull_request: { head, base: { ref: "main" } },
    repository: { default_branch: "main", full_name: "shop/deals" },
  };
}

/**
 * Runs a runner with an environment of its own: what a machine has, nothing of this shell's stacks and clusters.
 * @param stopAt text at which the run is cancelled, as a person does.
 */
async function ended(
  checkout: Job,
  command: string,
  args: string[],
  env: Record<string, string>,
  stopAt?: string,
): Promise<Ended> {
  const home = join(checkout.folder, "..", "home");
  await mkdir(home, { recursive: true });
  const child = execa(command, args, {
    ...{ cwd: checkout.folder, localDir: projectRoot, preferLocal: true, all: true, reject: false },
    stdin: "ignore",
    // What a runner leaves running would use the cluster of the tests that follow.
    detached: true,
    extendEnv: false,
    env: {
      ...picked(process.env, "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"),
      ...picked(shell, "PATH", "NO_PROXY", "no_proxy"),
      ...picked(shell, "DYNENV_BASE_IMAGE", "DYNENV_IMAGE_PREFIX", "DYNENV_STAND_INS"),
      // The name and the port by which this machine reaches the cluster's gateway; all else of it dynenv finds.
      DYNENV_DOMAIN: `${gateway.domain}:${String((await secureDoor()).port)}`,
      ...{ HOME: home, DYNENV_TOOLS: "path", ...checkout.machine, ...env },
    },
  });
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), limit);
  for await (const line of child.iterable({ from: "all" })) {
    checkout.watch?.(line);
    if (stopAt !== undefined && line.includes(stopAt)) child.kill("SIGINT");
  }
  const { exitCode, all, stdout } = await child;
  clearTimeout(timer);
  return { exitCode, output: all, stdout };
}

function picked(from: Record<string, string | undefined>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]] as const])),
  );
}
