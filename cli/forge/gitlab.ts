import { z } from "zod";
import { required } from "../../foundation/required.ts";
import { readVariable } from "../../foundation/variable.ts";
import { apiAddress } from "./apiAddress.ts";
import type { Forge, Variables } from "./forge.ts";

const id = z.int().positive();

const projectForm = {
  schema: z.string().regex(/^[1-9]\d{0,18}$/),
  rule: "the number of a project",
  example: "278964",
};

const noteForm = z
  .object({ id, body: z.string(), author: z.object({ id }) })
  .transform(({ author, ...note }) => ({ ...note, author: String(author.id) }));

/** GitLab, whose own token of a job may write no comments. */
export function gitlab(variables: Variables): Forge | { lack: string } {
  const tokenName = "GITLAB_TOKEN";
  const addressName = "CI_API_V4_URL";
  const token = readVariable(tokenName, variables);
  if (token === undefined) return { lack: `${tokenName} is not set` };
  const api = apiAddress(addressName, undefined, variables);
  if (api === undefined)
    return { lack: `this is no job of GitLab or GitHub, since ${addressName} is not set` };
  // A pipeline of a merge request may run in another project than the one that it is for.
  const name = ["CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID"].find((one) => readVariable(one, variables));
  if (name === undefined) return { lack: "CI_PROJECT_ID is not set" };
  const project = required(name, readVariable(name, variables), projectForm);
  const comments = (mergeRequest: string) =>
    `${api}/projects/${project}/merge_requests/${mergeRequest}/notes`;
  return {
    ...{ name: "GitLab", tokenName, token, addressName, comments, update: "PUT", commentForm: noteForm },
    remedy: "give it the scope api and the role Reporter, and mind when it expires",
    headers: { "private-token": token },
    self: { method: "GET", address: `${api}/user` },
    selfForm: z.object({ id }).transform((user) => String(user.id)),
    comment: (mergeRequest, note) => `${comments(mergeRequest)}/${String(note)}`,
  };
}
