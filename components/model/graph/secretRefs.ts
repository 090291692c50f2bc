import { z } from "zod";
import { text } from "./demands.ts";
import { subdomain } from "../rules/labelPatterns.ts";
import { mapping } from "../rules/mapping.ts";

/** Of what names a value in a Secret. */
export const secretRef = {
  secret: text(new RegExp(`^(?=.{1,253}$)${subdomain}$`), "the name of a Secret, such as shop-keys"),
  key: text(/^(?!\.{1,2}$)[-._a-zA-Z0-9]{1,253}$/, "a key of that Secret, such as api"),
};

export const secretRefMust = 'an object of secret and key, such as {"secret": "shop-keys", "key": "api"}';

/** @param variable the rule for the name of a variable. */
export function secretRefs(variable: z.ZodString) {
  return mapping(
    variable,
    z.strictObject(secretRef, secretRefMust),
    'an object from variable to secret and key, such as {"API_KEY": {"secret": "shop-keys", "key": "api"}}',
  );
}
