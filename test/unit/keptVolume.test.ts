import { describe, expect, it } from "vitest";
import { keptVolume } from "../../cli/pulumi/keptVolume.ts";

const urn = (type: string, name: string) =>
  `urn:pulumi:production::dynenv::dynamic-environments:index:ServiceDeployment$kubernetes:core/v1:${type}::${name}`;
const claim = urn("PersistentVolumeClaim", "standing-store-volume");
const said = `the volume of standing-store keeps its data, and what is deployed would remove it or make it anew: give its service the same volume as before, or run \`pulumi state unprotect '${claim}'\` and deploy again`;

/** As Pulumi 3.259 says it. */
const removed = (of: string) =>
  `resource "${of}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag`;
const replaced = (of: string) =>
  `unable to replace resource "${of}"\nas it is currently marked for protection. To unprotect the resource, remove the flag`;

describe("what Pulumi says of a volume that it keeps", () => {
  it.each([removed(claim), replaced(claim)])("becomes what a person can do", (error) => {
    expect(keptVolume(error)).toBe(said);
  });

  it.each([
    removed(urn("Namespace", "standing-namespace")),
    removed(urn("PersistentVolumeClaim", "data")),
    `resource "${claim}" was not successfully created by the Kubernetes API server`,
  ])("is nothing of another error", (error) => {
    expect(keptVolume(error)).toBeUndefined();
  });
});
