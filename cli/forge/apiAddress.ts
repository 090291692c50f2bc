import { z } from "zod";
import { required } from "../../foundation/required.ts";
import { readVariable } from "../../foundation/variable.ts";

const addressForm = {
  schema: z.url({ protocol: /^https?$/ }).transform((address) => address.replace(/\/+$/, "")),
  rule: "an address with http or https",
};

/** The address of an API that a variable gives, without a slash at its end. @throws when it is none. */
export function apiAddress(
  name: string,
  usual: string | undefined,
  variables: Record<string, string | undefined>,
): string | undefined {
  const address = readVariable(name, variables) ?? usual;
  return address === undefined
    ? undefined
    : required(name, address, { ...addressForm, example: usual ?? "https://gitlab.example.com/api/v4" });
}
