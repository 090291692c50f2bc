import { z } from "zod";

/**
 * An object from key to value, all of whose keys are looked at: `z.record` passes `__proto__` over, which JSON and YAML
 * can name, and which whoever reads the object later then meets.
 * @param must what it must be, as a message says it.
 */
export function mapping<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  key: Key,
  value: Value,
  must?: string,
) {
  const isWhole = (given: unknown) =>
    typeof given !== "object" || given === null || !Object.hasOwn(given, "__proto__");
  return z.custom<z.input<z.ZodRecord<Key, Value>>>(isWhole, must).pipe(z.record(key, value, must));
}
