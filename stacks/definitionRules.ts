import { RunError } from "@pulumi/pulumi";
import {
  checkGroup,
  checkList,
  checkNames,
  checkObject,
  checkText,
  refusal,
  shown,
  variablePattern,
} from "../components/model/index.ts";
import type { Build, Definition, OwnService, OwnTest } from "./definition.ts";
import { testImageName } from "./image.ts";

/** Lists all keys of a type, so that one that comes to it is not forgotten here. */
function keysOf<T>(keys: Record<keyof Required<T>, true>): string[] {
  return Object.keys(keys);
}

const definitionKeys = keysOf<Definition>({
  ...({ application: true, services: true, catalogue: true, tests: true, readiness: true } as const),
  ...({ podSecurity: true, runTasks: true } as const),
});
const buildKeys = keysOf<Build>({
  ...({ context: true, dockerfile: true, target: true, args: true, platform: true } as const),
});
const example = {
  service: 'an object, such as {"build": "../web", "port": 8080}',
  test: 'an object, such as {"command": ["npm", "test"]}',
};

/**
 * Looks at the form of what no component looks at. Node runs a program in TypeScript without a look at its types, so that a
 * misspelt key would do nothing, and a wrong value fail somewhere within.
 * @throws one sentence about the first thing that is wrong.
 */
export function checkDefinition(definition: Definition): void {
  try {
    checkForm(definition);
  } catch (error) {
    throw new RunError((error as Error).message);
  }
}

function checkForm(definition: Definition): void {
  checkGroup("definition", definition, definitionKeys);
  const { application, services, tests, readiness, runTasks = false } = definition;
  checkText("definition.application", application, "web");
  const some = `an object from name to service, such as {"web": {"build": "../web", "port": 8080}}`;
  checkObject("definition.services", services, some);
  for (const [name, service] of Object.entries(services)) {
    const place = `definition.services[${shown(name)}]`;
    checkObject(place, service, example.service);
    if (Object.hasOwn(service, "name"))
      throw new Error(`${place} has the key name, but its name is ${shown(name)} already: leave it out`);
    checkOwn(place, service);
    if (service.migrations !== undefined)
      checkText(`${place}.migrations`, service.migrations, "../api/migrations");
  }
  checkList("definition.tests", tests, "a list of suites", '[{"command": ["npm", "test"]}]');
  for (const [index, test] of tests.entries()) {
    const place = `definition.tests[${String(index)}]`;
    checkObject(place, test, example.test);
    checkOwn(place, test);
  }
  const twice = tests.map(testImageName).find((name) => Object.hasOwn(services, name));
  if (twice !== undefined)
    throw new Error(
      `definition.services has ${shown(twice)}, and a suite of tests has an image of that name: give the suite another name`,
    );
  if (readiness !== undefined) checkReadiness(readiness);
  if (typeof runTasks !== "boolean")
    throw new Error(refusal("definition.runTasks", runTasks, "true or false"));
}

/** What services and tests have in common. */
function checkOwn(place: string, { build, secrets }: Pick<OwnService & OwnTest, "build" | "secrets">): void {
  if (typeof build === "string") checkText(`${place}.build`, build, "../web");
  else if (build !== undefined) {
    checkGroup(`${place}.build`, build, buildKeys);
    checkText(`${place}.build.context`, build.context, "../web");
    if (build.dockerfile !== undefined)
      checkText(`${place}.build.dockerfile`, build.dockerfile, "../web/Dockerfile");
    if (build.args !== undefined)
      checkObject(`${place}.build.args`, build.args, 'an object from name to value, such as {"BASE": "..."}');
  }
  if (secrets === undefined) return;
  checkNames(`${place}.secrets`, secrets, "API_KEY");
  const wrong = secrets.find((name) => !variablePattern.test(name));
  if (wrong !== undefined)
    throw new Error(
      refusal(
        `one of ${place}.secrets`,
        wrong,
        "the name of a variable, such as API_KEY, whose value is set elsewhere",
      ),
    );
}

function checkReadiness(readiness: NonNullable<Definition["readiness"]>): void {
  checkGroup("definition.readiness", readiness, ["service", "base"]);
  const [[key, value] = ["", undefined], ...more] = Object.entries(readiness);
  if (key === "" || more.length > 0)
    throw new Error('definition.readiness must have either service or base, such as {"service": "api"}');
  checkText(`definition.readiness.${key}`, value, key === "base" ? "node:24-slim" : "api");
}
