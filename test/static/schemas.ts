import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { projectRoot } from "../../foundation/folders.ts";

interface Definition {
  properties?: Record<string, unknown>;
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
}

/** Types that Kubernetes reads from texts and from numbers, although its API description calls them texts. */
const textOrNumber: Record<string, object> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": {
    type: ["string", "number"],
    pattern: "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
  },
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { type: ["string", "integer"] },
};

/**
 * Writes a JSON schema for each kind of the Kubernetes that the project builds, in which a field that the API does not
 * know is an error. @returns where kubeconform finds them.
 */
export async function writeSchemas(folder: string): Promise<string> {
  const described = Object.entries(await apiDefinitions());
  const definitions = Object.fromEntries(
    described.map(([name, definition]) => [name, textOrNumber[name] ?? strict(definition)]),
  );
  await writeFile(join(folder, "_definitions.json"), JSON.stringify({ definitions }));
  for (const [name, { "x-kubernetes-group-version-kind": kinds = [] }] of described) {
    const [gvk, ...others] = kinds;
    // What has several belongs to requests, such as DeleteOptions, and is no object.
    if (gvk === undefined || others.length > 0) continue;
    const { group, version, kind } = gvk;
    // As in the location below, where the group of `v1` is `v1`.
    const file = `${group === "" ? version : group}-${version}-${kind.toLowerCase()}.json`;
    await writeFile(join(folder, file), JSON.stringify({ $ref: `_definitions.json#/definitions/${name}` }));
  }
  await writeFile(join(folder, "gateway.networking.k8s.io-v1-httproute.json"), await httpRouteSchema());
  return join(folder, "{{.Group}}-{{.ResourceAPIVersion}}-{{.ResourceKind}}.json");
}

function strict(definition: Definition): object {
  return definition.properties === undefined ? definition : { ...definition, additionalProperties: false };
}

interface CustomDefinition {
  spec: { versions: { name: string; schema: { openAPIV3Schema: { properties: object } } }[] };
}

/** What the Gateway API says of its routes, in the version that the embedded cluster's gateway is built with. */
async function httpRouteSchema(): Promise<string> {
  const tools = join(projectRoot, "local", "tools", "traefik");
  const api = "sigs.k8s.io/gateway-api";
  const [, version] =
    new RegExp(`^${api} (v\\S+) h1:`, "m").exec(await readFile(join(tools, "go.sum"), "utf8")) ?? [];
  // Not in that folder: its build makes a module that is missing there.
  const { stdout } = await execa("go", ["mod", "download", "-json", `${api}@${String(version)}`], {
    cwd: tmpdir(),
  });
  const { Dir: module } = JSON.parse(stdout) as { Dir: string };
  const file = join(module, "config", "crd", "standard", "gateway.networking.k8s.io_httproutes.yaml");
  const { spec } = parse(await readFile(file, "utf8")) as CustomDefinition;
  const { openAPIV3Schema } = spec.versions.find(({ name }) => name === "v1")?.schema ?? {};
  if (openAPIV3Schema === undefined) throw new Error(`${file} has no version v1`);
  const metadata = { $ref: "_definitions.json#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };
  const properties = { ...openAPIV3Schema.properties, metadata };
  return JSON.stringify(strictWithin({ ...openAPIV3Schema, properties }));
}

/** The same, with no field that it does not name, wherever it names some. */
function strictWithin(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictWithin);
  if (typeof schema !== "object" || schema === null) return schema;
  const within = Object.entries(schema).map(([key, value]) => [key, strictWithin(value)] as const);
  return strict(Object.fromEntries(within));
}

/** What Kubernetes' own module says of its API. */
async function apiDefinitions(): Promise<Record<string, Definition>> {
  const cwd = join(projectRoot, "local", "tools", "kubernetes");
  const { stdout } = await execa("go", ["mod", "download", "-json", "k8s.io/kubernetes"], { cwd });
  const { Dir: module } = JSON.parse(stdout) as { Dir: string };
  const swagger = await readFile(join(module, "api", "openapi-spec", "swagger.json"), "utf8");
  return (JSON.parse(swagger) as { definitions: Record<string, Definition> }).definitions;
}
