import { readFileSync } from "node:fs";
import { EphemeralEnvironment } from "../components/index.ts";
import { cluster } from "../stacks/provider.ts";
import type { Settings } from "../stacks/settings.ts";
import { environmentArgs, transformations, type Scenario } from "./scenario.ts";

/** The program of the project's own contenders: an environment of the scenario that lies in the working folder. */
export function benchStack({ stack, deployedAt, kubeContext, gateway }: Settings) {
  const scenario = JSON.parse(readFileSync("scenario.json", "utf8")) as Scenario;
  const environment = new EphemeralEnvironment(
    "preview",
    {
      ...environmentArgs(scenario, stack),
      ...(gateway && scenario.exposed && { gateway }),
      ...(deployedAt !== undefined && { lifetime: { deployedAt } }),
    },
    { provider: cluster(kubeContext()), transformations: transformations(scenario) },
  );
  return { namespace: environment.namespaceName, services: environment.addresses };
}
