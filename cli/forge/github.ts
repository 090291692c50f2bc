import { z } from "zod";
import { required } from "../../foundation/required.ts";
import { readVariable } from "../../foundation/variable.ts";
import { apiAddress } from "./apiAddress.ts";
import type { Forge, Variables } from "./forge.ts";

const repositoryForm = {
  schema: z.string().regex(/^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}$)[\w.-]{1,100}$/),
  rule: "an owner and a repository",
  example: "shop/deals",
};

const commentForm = z
  .object({
    id: z.int().positive(),
    body: z.string().nullish(),
    user: z.object({ login: z.string() }).nullish(),
  })
  .transform(({ id, body, user }) => ({ id, body: body ?? "", author: user?.login ?? "" }));

/** GitHub, where the token of a job will do. */
export function github(variables: Variables): Forge | { lack: string } {
  const tokenName = "GITHUB_TOKEN";
  const addressName = "GITHUB_API_URL";
  const token = readVariable(tokenName, variables);
  if (token === undefined) return { lack: `${tokenName} is not set` };
  const api = apiAddress(addressName, "https://api.github.com", variables) ?? "";
  const graphql = apiAddress("GITHUB_GRAPHQL_URL", `${api}/graphql`, variables) ?? "";
  const repository = required(
    "GITHUB_REPOSITORY",
    readVariable("GITHUB_REPOSITORY", variables),
    repositoryForm,
  );
  const issues = `${api}/repos/${repository}/issues`;
  return {
    ...{ name: "GitHub", tokenName, token, addressName, update: "PATCH", commentForm },
    remedy: "give the job `permissions: { contents: read, pull-requests: write }`",
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    },
    // The REST API tells whose token it is to people alone, not to the token of a job.
    self: { method: "POST", address: graphql, body: { query: "query { viewer { login } }" } },
    selfForm: z
      .object({ data: z.object({ viewer: z.object({ login: z.string().min(1) }) }) })
      .transform(({ data }) => data.viewer.login),
    comments: (mergeRequest) => `${issues}/${mergeRequest}/comments`,
    comment: (_mergeRequest, id) => `${issues}/comments/${String(id)}`,
  };
}
