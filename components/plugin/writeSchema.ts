// Writes what other languages know of the components: `node components/plugin/writeSchema.ts > components/schema.json`.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ComponentResource } from "@pulumi/pulumi";
import {
  ComponentProvider,
  type ComponentResourceConstructor,
} from "@pulumi/pulumi/provider/experimental/provider.js";
import * as components from "../index.ts";
import { type Schema, withDefaults } from "./schemaDefaults.ts";

function isComponent(exported: unknown): exported is ComponentResourceConstructor {
  return typeof exported === "function" && exported.prototype instanceof ComponentResource;
}

const exports: unknown[] = Object.values(components);
const provider = new ComponentProvider({
  name: "dynamic-environments",
  dirname: dirname(dirname(fileURLToPath(import.meta.url))),
  components: exports.filter(isComponent),
});
const schema = withDefaults(JSON.parse(await provider.getSchema()) as Schema);
process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
