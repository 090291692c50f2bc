// Schemas for what lies within objects, each with its rule as its message.
import { z } from "zod";
import { parseBytes, parseCpu } from "../rules/quantities.ts";

export function text(pattern: RegExp, must: string) {
  return z.string(must).regex(pattern, must);
}

export function wholeNumber(min: number, max: number, example: number) {
  const must = `a whole number from ${String(min)} to ${String(max)}, such as ${String(example)}`;
  return z.int(must).min(min, must).max(max, must);
}

/** Of what a container may use. */
export const quantities = {
  cpu: quantity(parseCpu, "a CPU quantity above zero, such as 250m or 1.5"),
  memory: quantity(parseBytes, "a memory quantity above zero, such as 128Mi or 1Gi"),
  ephemeralStorage: quantity(parseBytes, "a storage quantity above zero, such as 128Mi or 1Gi"),
};

function quantity(parse: (text: string) => number, must: string) {
  return z.string(must).refine((value) => {
    try {
      return parse(value) > 0;
    } catch {
      return false;
    }
  }, must);
}
