import { z } from "zod";
import { text } from "./demands.ts";
import type { Service } from "./service.ts";
import { mustBe } from "../rules/form.ts";
import { taggedForm } from "../rules/imageName.ts";
import { shown } from "../rules/shown.ts";
import { checkArguments, checkVariables } from "../rules/size.ts";

const image = z
  .string(mustBe(taggedForm))
  .refine((given) => taggedForm.schema.safeParse(given).success, mustBe(taggedForm));

/** Of what a companion is, but for what a service is as well. */
export const companionOf = <Rest extends object>(rest: Rest) => ({
  name: text(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a DNS label, such as proxy"),
  image: image.optional(),
  ...rest,
});

export const companionMust = 'an object with at least a name, such as {"name": "proxy"}';
export const companionsMust = 'a list of containers, such as [{"name": "proxy"}]';

/** @throws when two containers of a pod have one name, or one could not be started. */
export function checkCompanions({ name, initContainers = [], sidecars = [] }: Service): void {
  const of = `of service ${shown(name)}`;
  const all = Object.entries({ initContainers, sidecars }).flatMap(([list, companions]) =>
    companions.map((one, index) => ({ ...one, place: `${list}[${String(index)}]` })),
  );
  const names = [name, ...all.map((one) => one.name)];
  const twice = all.find((one, index) => names.indexOf(one.name) <= index);
  if (twice !== undefined)
    throw new Error(
      `${twice.place}.name ${of} is ${shown(twice.name)}, which another container of its pods has: give it another name`,
    );
  for (const { place, command, args, environment } of all) {
    checkArguments(`${place}.command ${of}`, command);
    checkArguments(`${place}.args ${of}`, args);
    checkVariables(`${place}.environment ${of}`, environment);
  }
}
