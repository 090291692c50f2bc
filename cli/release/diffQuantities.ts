/** Fields with quantities below, which the API server writes in its own way: `1024Mi` becomes `1Gi`. */
const ofQuantities = [
  ...["limits", "requests", "hard", "default", "defaultRequest", "max", "min", "maxLimitRequestRatio"],
  ...["capacity", "averageValue"],
];

/** A field that is a quantity itself. */
const quantityFields = ["sizeLimit", "averageValue", "divisor"];

/** Whether two values are the same quantity of something. @param keys of the place in an object, from the top. */
export function isSameQuantity(from: unknown, to: unknown, keys: string[]): boolean {
  const [field = "", own = ""] = keys.slice(-2);
  if (!ofQuantities.includes(field) && !quantityFields.includes(own)) return false;
  const [one, other] = [amountOf(from), amountOf(to)];
  return one !== undefined && one === other;
}

const powers = ["", "k", "M", "G", "T", "P", "E"];

/** @returns nothing for what is no quantity. */
function amountOf(value: unknown): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([numkKMGTPE]?i?)$/.exec(String(value)) ?? [];
  if (number === "") return undefined;
  const small = ["n", "u", "m"].indexOf(unit);
  // In billionths, which every quantity has as a whole number.
  if (small >= 0) return Math.round(Number(number) * 1000 ** small);
  const base = unit.endsWith("i") ? 1024 : 1000;
  const power = powers.indexOf(unit.replace("i", "").replace("K", "k"));
  return power < 0 ? undefined : Math.round(Number(number) * base ** power * 1e9);
}
