import { commentText, removedText, type Told } from "./commentText.ts";
import type { Comment } from "./forge.ts";
import type { ForgeClient } from "./forgeClient.ts";
import { isMarked, type Subject } from "./marker.ts";

export type Kept = "created" | "updated" | "unchanged";

/**
 * Has the one comment of a merge request tell how far an environment is. Of comments with the marker only those of the token's
 * own user count: who else wrote one could change it later.
 */
export async function keepComment(
  client: ForgeClient,
  mergeRequest: string,
  subject: Subject,
  told: Told,
): Promise<Kept> {
  const body = commentText(subject, told);
  const found = await ownComments(client, mergeRequest, subject);
  if (found.length > 0) return settle(client, mergeRequest, found, body);
  await client.create(mergeRequest, body);
  // Another report may have found none at the same time, too: both keep the older one.
  await settle(client, mergeRequest, await ownComments(client, mergeRequest, subject), body);
  return "created";
}

/** Leaves one comment, the oldest, with this text. */
async function settle(
  client: ForgeClient,
  mergeRequest: string,
  [first, ...others]: Comment[],
  body: string,
): Promise<Kept> {
  // Who reads comments may be told of a new one late.
  if (first === undefined) return "unchanged";
  const isDone = first.body === body;
  if (!isDone) await client.update(mergeRequest, first.id, body);
  for (const { id } of others) await client.remove(mergeRequest, id);
  return isDone ? "unchanged" : "updated";
}

/**
 * Says in the comment about an environment that it was removed. None is written where there is none: its number may come from
 * a namespace's annotation, which others can write.
 * @returns whether there was one to change.
 */
export async function tellRemoved(
  client: ForgeClient,
  mergeRequest: string,
  subject: Subject,
  at: string,
): Promise<boolean> {
  let isTold = false;
  for (const { id, body } of await ownComments(client, mergeRequest, subject)) {
    const text = removedText(body, subject, at);
    if (text === undefined) continue;
    await client.update(mergeRequest, id, text);
    isTold = true;
  }
  return isTold;
}

/** The comments of the token's user with the project's marker, the oldest first. */
async function ownComments(
  client: ForgeClient,
  mergeRequest: string,
  { project }: Subject,
): Promise<Comment[]> {
  const [self, all] = [await client.self(), await client.comments(mergeRequest)];
  return all
    .filter(({ author, body }) => author === self && isMarked(body, project))
    .sort((a, b) => a.id - b.id);
}
