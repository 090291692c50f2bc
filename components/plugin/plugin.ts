#!/usr/bin/env node
import { readFileSync } from "node:fs";
import type { ComponentResource, ComponentResourceOptions, Inputs } from "@pulumi/pulumi";
import { main } from "@pulumi/pulumi/provider/server.js";
import * as components from "../index.ts";

type Component = new (name: string, args: Inputs, opts: ComponentResourceOptions) => ComponentResource;

interface Schema {
  version: string;
  resources: Record<string, { properties?: Record<string, unknown> }>;
}

// The host that comes with Pulumi analyses the sources each time it starts, which takes seconds.
const schema = readFileSync(new URL("../schema.json", import.meta.url), "utf8");
const { version, resources } = JSON.parse(schema) as Schema;

/** Serves the components to programs in any of Pulumi's languages. */
void main({ version, schema, construct }, process.argv.slice(2));

function construct(name: string, type: string, inputs: Inputs, options: ComponentResourceOptions) {
  const className = type.split(":").at(-1) ?? "";
  const constructor = (components as unknown as Record<string, Component | undefined>)[className];
  const resource = resources[type];
  if (resource === undefined || constructor === undefined)
    return Promise.reject(new Error(`${type} is not a component of the package dynamic-environments`));
  const component = new constructor(name, inputs, options) as ComponentResource & Record<string, unknown>;
  const outputs = Object.keys(resource.properties ?? {}).map((key) => [key, component[key]]);
  return Promise.resolve({ urn: component.urn, state: Object.fromEntries(outputs) as Inputs });
}
