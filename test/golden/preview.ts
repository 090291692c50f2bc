import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import type { Settings } from "../../stacks/settings.ts";
import { previewStack } from "../../stacks/preview.ts";

/** A resource as the engine would see it. */
export interface Registration {
  type: string;
  name: string;
  custom: boolean;
  /** Name of the parent; empty at the top. */
  parent: string;
  /** `URN::id` of the provider; empty where there is none. */
  provider: string;
  /** Name of the resource with which this one goes; empty where there is none. */
  deletedWith: string;
  /** Secrets are wrapped, see {@link mapSecrets}. */
  inputs: Record<string, unknown>;
}

export interface ConstructedPreview {
  resources: Registration[];
  /** What components register as their outputs, secrets wrapped. */
  outputs: unknown[];
}

export const registryPassword = "registry-password";
export const generatedPassword = "generated-password";

export const exampleSettings: Settings = {
  kind: "preview",
  stack: "feature-login-abcdefghijkl",
  project: "shop/deals",
  ref: "feature/login",
  commit: "0123456789abcdef0123456789abcdef01234567",
  image: `registry.example.com/shop/deals@sha256:${"1".repeat(64)}`,
  context: "example",
  baseImage: "node:24-slim",
  imageRepository: "registry.example.com/shop",
  registry: {
    server: "registry.example.com",
    username: "puller",
    // A plain value in the shape of an output: that it becomes a secret is for the components to see to.
    password: pulumi.output(registryPassword),
  },
  imagePrefix: "mirror.example.com",
  standIns: {},
  kubeContext: () => "example-cluster",
  readyWithinSeconds: 150,
};

/** Builds the preview stack against a mocked engine and waits for all of its resources. */
export async function constructPreview(changes: Partial<Settings> = {}): Promise<ConstructedPreview> {
  const settings = { ...exampleSettings, ...changes };
  await pulumi.runtime.setMocks(
    { call: ({ inputs }) => inputs as object, newResource },
    "dynenv",
    settings.stack,
  );
  const seen = record();
  previewStack(settings);
  await pulumi.runtime.disconnect();
  return seen;
}

function newResource({
  type,
  name,
  inputs,
}: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
  const state = inputs as Record<string, unknown>;
  const generated = type === "random:index/randomPassword:RandomPassword" && { result: generatedPassword };
  return { id: `${name}-id`, state: { ...state, ...generated } };
}

type Callback = (error: unknown, response: unknown) => void;

interface Engine {
  registerResource: (request: RegisterResourceRequest, callback: Callback) => unknown;
  registerResourceOutputs: (request: RegisterResourceOutputsRequest, callback: Callback) => unknown;
}

/** The mocks see neither parents nor options nor component outputs, so the mocked engine is asked itself. */
function record(): ConstructedPreview {
  const seen: ConstructedPreview = { resources: [], outputs: [] };
  const engine = pulumi.runtime.getMonitor() as unknown as Engine;
  const register = engine.registerResource.bind(engine);
  engine.registerResource = (request, callback) => {
    seen.resources.push({
      type: request.getType(),
      name: request.getName(),
      custom: request.getCustom(),
      parent: nameOf(request.getParent()),
      provider: request.getProvider(),
      deletedWith: nameOf(request.getDeletedwith()),
      inputs: request.getObject()?.toJavaScript() ?? {},
    });
    return register(request, callback);
  };
  const registerOutputs = engine.registerResourceOutputs.bind(engine);
  engine.registerResourceOutputs = (request, callback) => {
    seen.outputs.push(request.getOutputs()?.toJavaScript());
    return registerOutputs(request, callback);
  };
  return seen;
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** Replaces every secret within a value of the wire format. */
export function mapSecrets(value: unknown, replace: (secret: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  // The engine's signature of a secret, under the key that marks special values.
  const signature = (value as Record<string, unknown>)["4dabf18193072939515e22adb298388d"];
  if (signature === "1b47061264138c4ac30d75fd1eb44270") {
    return replace((value as { value: unknown }).value);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, mapSecrets(item, replace)]));
}
