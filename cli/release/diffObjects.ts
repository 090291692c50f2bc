import type { Manifest } from "../../rendering/manifest.ts";
import { differences, type Difference } from "./diffPaths.ts";
import { byTitle } from "./diffNames.ts";

/** Why two environments differ: by the settings of their files, which is meant, or since they run other releases. */
export type Reason = "settings" | "release" | "unknown";

/** One difference of two objects; an empty path stands for all of an object that one side alone has. */
export interface ObjectDifference extends Difference {
  /** Kind and name, such as `Deployment/deals`. */
  object: string;
}

export type ExplainedDifference = ObjectDifference & { reason: Reason };

/** In what two sets of objects differ, by kind and name, then by path. */
export function objectDifferences(from: Manifest[], to: Manifest[]): ObjectDifference[] {
  const [before, after] = [byTitle(from), byTitle(to)];
  const titles = [...new Set([...before.keys(), ...after.keys()])].sort();
  return titles.flatMap((object) => {
    const [one, other] = [before.get(object), after.get(object)];
    if (one === undefined) return [{ object, path: "", to: other }];
    if (other === undefined) return [{ object, path: "", from: one }];
    return differences(one, other).map((difference) => ({ object, ...difference }));
  });
}

/**
 * The same with reasons.
 * @param bySettings what differs where one and the same release has the settings of either side; nothing where nobody knows.
 * @param side whose value it must be in both, so that it comes from the settings.
 */
export function explained(
  all: ObjectDifference[],
  bySettings: ObjectDifference[] | undefined,
  side: "from" | "to" = "to",
): ExplainedDifference[] {
  if (bySettings === undefined) return all.map((one) => ({ ...one, reason: "unknown" }));
  const key = (one: ObjectDifference) => JSON.stringify([one.object, one.path, side in one, one[side]]);
  const meant = new Set(bySettings.map(key));
  return all.map((one) => ({ ...one, reason: meant.has(key(one)) ? "settings" : "release" }));
}
