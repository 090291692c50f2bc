/** Of some measurements of one thing: the median, the least and the most. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** @throws when there is nothing to sum up. */
export function spread(values: number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new Error("there are no measurements");
  const middle = (sorted.length - 1) / 2;
  const [low = least, high = most] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (low + high) / 2, least, most };
}
