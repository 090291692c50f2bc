import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse } from "yaml";
import { expect } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { page, secureDoor, type Page } from "../integration/testGateway.ts";
import type { Checkout } from "../operations/pipelineCheckout.ts";

/** A link of a run, and what was behind it. */
interface Opened {
  url: string;
  answer: Page;
}

/**
 * Opens the link that a run tells, as soon as it tells it: at the run's end nothing is behind it.
 * @param told a line that tells it, with the link as the first group.
 */
export function opener(told: RegExp) {
  let opening: Promise<Opened> | undefined;
  return {
    watch: (line: string) => {
      const url = told.exec(stripVTControlCharacters(line))?.[1];
      if (url === undefined || opening !== undefined) return;
      opening = open(url);
      // The test learns of it when the run has ended.
      opening.catch(() => undefined);
    },
    /** @throws when the run told no link, or when nothing was behind it. */
    opened: async (): Promise<Opened> => {
      if (opening === undefined) throw new Error(`no line of the run was as ${String(told)}`);
      return opening;
    },
  };
}

async function open(url: string): Promise<Opened> {
  const { protocol, hostname, port } = new URL(url);
  const door = { ...(await secureDoor()), port: Number(port) };
  expect(protocol).toBe("https:");
  return { url, answer: await page(hostname, "/version", door) };
}

/** A line of GitLab's deploy job. */
export const gitlabLink = /^deploy +> env-\S+ is ready: (\S+)$/;

/** @throws unless the link is that of the environment of the checkout's commit, which answered. */
export function expectCommit({ url, answer }: Opened, { commit }: Checkout): void {
  expect(url).toMatch(/^https:\/\/env-[a-z0-9-]+\.dynenv\.localhost:\d+$/);
  expect(answer.status, answer.body).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ commit });
}

interface DeployJob {
  environment: { url: string };
  artifacts: { reports: { dotenv: string } };
}

/** The URL of the environment as GitLab shows it: with the variables that the deploy left, which gitlab-ci-local keeps. */
export async function gitlabEnvironmentUrl({ folder }: Checkout): Promise<string> {
  const file = await readFile(join(projectRoot, "ci", "gitlab-ci.yml"), "utf8");
  const { deploy } = parse(file) as { deploy: DeployJob };
  const artifacts = join(folder, "..", "state", "artifacts", "deploy", ".gitlab-ci-reports", "dotenv");
  const dotenv = await readFile(join(artifacts, deploy.artifacts.reports.dotenv), "utf8");
  const variables = Object.fromEntries(
    dotenv.split("\n").map((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1, 3) ?? ["", ""]),
  ) as Record<string, string>;
  return deploy.environment.url.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? `$${name}`);
}

/** The output of the deploy that GitHub shows as the environment's URL, as act tells it when it is set. */
export async function githubEnvironmentUrl(): Promise<RegExp> {
  const file = await readFile(join(projectRoot, "ci", "github-actions.yml"), "utf8");
  const { jobs } = parse(file) as {
    jobs: { deploy: { environment: { url: string }; steps: { id?: string; run?: string }[] } };
  };
  const { environment, steps } = jobs.deploy;
  const [, id, output = ""] = /^\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}$/.exec(environment.url) ?? [];
  expect(steps.find((step) => step.id === id)?.run, environment.url).toContain(`"${output}=`);
  return new RegExp(String.raw`^\[environment/deploy *\] .*::set-output:: ${output}=(\S+)$`);
}
