import { EphemeralEnvironment } from "../components/index.ts";
import { construct } from "../rendering/construction.ts";
import { contentHash } from "../rendering/content.ts";
import { applicable, toYaml as objectYaml } from "../rendering/files.ts";
import { manifestsOf, type Manifest } from "../rendering/manifests.ts";
import { environmentArgs, transformations, type Scenario } from "./scenario.ts";

/** The objects of an environment, as this project's own program gives them to Kubernetes, each after what it needs. */
export async function renderedObjects(scenario: Scenario, stack: string): Promise<Manifest[]> {
  const options = { transformations: transformations(scenario) };
  const construction = await construct(
    () => new EphemeralEnvironment("preview", environmentArgs(scenario, stack), options),
  );
  return applicable(manifestsOf(construction));
}

/** The same as a file for those who read YAML. */
export function toYaml(objects: Manifest[]): string {
  return objects.map(objectYaml).join("---\n");
}

/** Hash of objects as the cluster has them, without what is no wish of anybody, and the names of namespace and stack. */
export function hashOfObjects(objects: Manifest[], stack: string): string {
  return contentHash(JSON.parse(JSON.stringify(objects).replaceAll(stack, "STACK")) as Manifest[]);
}
