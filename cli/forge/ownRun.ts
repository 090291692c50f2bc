import { readVariable } from "../../foundation/variable.ts";
import type { Variables } from "./forge.ts";

/** Address of the run that this is, of its job in GitLab; nothing where the CI system does not tell it. */
export function runAddress(variables: Variables): string | undefined {
  const said = (name: string) => readVariable(name, variables);
  if (said("GITHUB_ACTIONS") === undefined) return said("CI_JOB_URL");
  const [server, repository, run] = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].map(said);
  if (server === undefined || repository === undefined || run === undefined) return undefined;
  return `${server}/${repository}/actions/runs/${run}`;
}

/** What is said of a failure of which the cluster shows nothing, such as one of the build, or of tests. */
export function failureOfJob(variables: Variables): string {
  const job = readVariable("CI_JOB_NAME", variables) ?? readVariable("GITHUB_JOB", variables);
  return job === undefined ? "the log of the run says why" : `the job ${job} failed, and its log says why`;
}
