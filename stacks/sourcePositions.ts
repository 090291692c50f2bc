import { Resource } from "@pulumi/pulumi";

/**
 * Registers resources without the places in the program that they come from, which Pulumi takes from a stack trace for
 * each: nothing shows them, they are a sixth of a state, and they name paths of the machine. What maps traces back to
 * sources by source maps goes, too: Node strips types without moving anything, so that it only costs half a second and
 * 70 MB of 290 (two cores, the whole preview environment).
 */
export function recordNoSourcePositions(): void {
  Reflect.set(Resource, "callsites", () => []);
  Reflect.deleteProperty(Error, "prepareStackTrace");
}
