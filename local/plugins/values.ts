import { isRpcSecret, specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** A resource's properties as the engine sends them: plain JSON in which secrets are wrapped and unknowns marked. */
export type Props = Record<string, unknown>;

export function secret(value: unknown): Props {
  return { [specialSigKey]: specialSecretSig, value };
}

export function isSecret(value: unknown): value is { value: unknown } {
  return isRpcSecret(value);
}

export function isObject(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** The same value without its secret wrappers and without nulls, which mean "not set". */
export function plain(value: unknown): unknown {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value ?? undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, plain(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

export function plainProps(props: Props | undefined): Props {
  return plain(props ?? {}) as Props;
}

/** The outputs, in which each that repeats a secret input is secret too. */
export function keepSecrets(inputs: Props, outputs: Props): Props {
  const marked = Object.entries(outputs).map(([name, value]) => {
    const input = inputs[name];
    return [name, secretStrings(input).length > 0 || isSecret(input) ? secret(value) : value] as const;
  });
  return Object.fromEntries(marked);
}

/** Every string that lies under a secret wrapper. */
export function secretStrings(value: unknown, inside = false): string[] {
  if (isSecret(value)) return secretStrings(value.value, true);
  if (typeof value === "string") return inside ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((item) => secretStrings(item, inside));
}
