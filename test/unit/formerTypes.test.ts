import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../foundation/folders.ts";
import { constructPreview } from "../golden/preview.ts";
import type { Registration } from "../../rendering/construction.ts";

/** A resource as its URN tells it: types of its parents and its own, then its name. */
interface Place {
  types: string;
  name: string;
}

const text = ({ types, name }: Place) => `${types}::${name}`;

/** Where the engine looks for a resource: at its own place, then at those of its aliases, then at its parent's former place. */
function placesOf(
  { type, name, aliases }: Registration,
  parent: Place | undefined,
  former: Place | undefined,
): Place[] {
  const own = [
    { type, name },
    ...aliases.map((alias) => ({ type: alias.type || type, name: alias.name || name })),
  ];
  const below = (above: Place | undefined) =>
    own.map((one) => ({
      types: above === undefined ? one.type : `${above.types}$${one.type}`,
      name:
        parent && above && one.name.startsWith(parent.name)
          ? one.name.replace(parent.name, above.name)
          : one.name,
    }));
  return [...below(parent), ...(former === undefined ? [] : below(former))];
}

/** The places in a state at which the engine finds what a program asks for. */
function foundIn(state: Set<string>, resources: Registration[]): string[] {
  const places = new Map<string, { now: Place; found: Place | undefined }>();
  return resources.flatMap((resource) => {
    const above = places.get(resource.parent);
    const [now, ...others] = placesOf(resource, above?.now, above?.found);
    const found = [now, ...others].find((place) => place !== undefined && state.has(text(place)));
    if (now !== undefined && !resource.custom) places.set(resource.name, { now, found });
    return found === undefined ? [] : [text(found)];
  });
}

it("an update finds each resource that an earlier version made, under whatever name", async () => {
  const file = join(projectRoot, "test", "fixtures", "upgrade", "state.json");
  const { deployment } = JSON.parse(await readFile(file, "utf8")) as {
    deployment: { resources: { urn: string }[] };
  };
  const recorded = deployment.resources
    .map(({ urn }) => urn.split("::").slice(2).join("::"))
    .filter((place) => !/^pulumi:(pulumi:Stack|providers:random)::/.test(place));
  const { resources } = await constructPreview();
  expect(foundIn(new Set(recorded), resources).sort()).toEqual(recorded.sort());
});
