import { addresses } from "./addresses.ts";
import { comments } from "./comments.ts";
import { diagnosis } from "./diagnosis.ts";
import { identity } from "./identity.ts";
import type { Mutation } from "./mutation.ts";
import { objects } from "./objects.ts";
import { output } from "./output.ts";
import { removal } from "./removal.ts";
import { settings } from "./settings.ts";

/** All of them; a file for each concern. */
export const mutations: Mutation[] = [
  ...addresses,
  ...identity,
  ...objects,
  ...settings,
  ...output,
  ...removal,
  ...diagnosis,
  ...comments,
];
