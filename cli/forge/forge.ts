import { z } from "zod";
import { readVariable } from "../../foundation/variable.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";

/** A comment of a merge request, as far as both forges tell it. */
export interface Comment {
  id: number;
  body: string;
  /** Who wrote it, as {@link Forge.self} names them; empty where the account is gone. */
  author: string;
}

/** A request to a forge's API. */
export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  address: string;
  body?: object;
}

/** GitLab or GitHub, with the project that this job is of: what its API calls things. */
export interface Forge {
  name: string;
  /** Variable with the token. */
  tokenName: string;
  token: string;
  /** What to do about a token that is refused. */
  remedy: string;
  /** Variable with the address of the API. */
  addressName: string;
  headers: Record<string, string>;
  /** What tells whose token it is. */
  self: ApiRequest;
  selfForm: z.ZodType<string>;
  /** Address of a merge request's comments, the oldest first. */
  comments: (mergeRequest: string) => string;
  /** Address of one of them. */
  comment: (mergeRequest: string, id: number) => string;
  update: "PUT" | "PATCH";
  commentForm: z.ZodType<Comment>;
}

export type Variables = Record<string, string | undefined>;

/** The forge that a job may write to; else why it may not, in words. @throws on variables that are malformed. */
export function forgeOf(variables: Variables): Forge | { lack: string } {
  return readVariable("GITHUB_ACTIONS", variables) === undefined ? gitlab(variables) : github(variables);
}
