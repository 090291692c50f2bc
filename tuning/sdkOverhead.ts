import { log, Resource } from "@pulumi/pulumi";
import { whyUntuned } from "./tested.ts";

/**
 * Has Pulumi's SDK leave out what nobody sees:
 * - The places in the program that resources come from, which it takes from a stack trace for each: nothing shows them,
 *   they are a sixth of a state, and they name paths of the machine.
 * - Messages for `pulumi up --debug`, four for each resource. The SDK sends every one to the engine whether somebody asked
 *   for them or not, one after the other, with all that the engine has just said.
 */
export function omitSdkOverhead(): void {
  if (whyUntuned() !== undefined) return;
  Reflect.set(Resource, "callsites", () => []);
  Reflect.set(log, "debug", () => Promise.resolve());
}
