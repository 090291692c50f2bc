import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";

/** A resource as the engine is asked for it. */
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
  /** How long its creation may take; empty where nothing is said. */
  createTimeout: string;
  /** Inputs whose changes do nothing to it. */
  ignoreChanges: string[];
  /** Whose change has it made anew; undefined where nothing has. */
  replacementTrigger: unknown;
  deleteBeforeReplace: boolean;
  protect: boolean;
  /** What it was called before; an empty name or type is that of now. */
  aliases: { name: string; type: string }[];
  /** Types of the resources that existed when this one was asked for. */
  after: string[];
  /** Secrets are wrapped, see {@link mapSecrets}. */
  inputs: Record<string, unknown>;
}

export interface Construction {
  resources: Registration[];
  /** What the mocked providers answered. Default: {@link sameAnswers}. */
  answers?: Answers;
  /** What components register as their outputs, secrets wrapped. */
  outputs: unknown[];
}

/** What the mocked provider generates as a password. */
export const generatedPassword = "generated-password";

/** What mocked providers make of what they are asked for. */
export interface Answers {
  /** Ends the name of an object that has none of its own. */
  suffix: (inputs: Record<string, unknown>) => string;
  /** @param name of the resource that generates it. */
  password: (name: string) => string;
}

/** The same for all. */
export const sameAnswers: Answers = { suffix: () => "1234abcd", password: () => generatedPassword };

/** What the mocked cluster gives every namespace, and every claim of a volume. */
const ownerUid = "00000000-0000-4000-8000-000000000000";

/** And every Service. */
const clusterIP = "10.96.0.10";

/** Registers resources with a mocked engine and waits for all of them: no cluster, no engine, no state. */
export async function construct(
  build: () => unknown,
  stack = "example",
  answers = sameAnswers,
): Promise<Construction> {
  const newResource = (args: pulumi.runtime.MockResourceArgs) => answered(args, answers);
  await pulumi.runtime.setMocks({ call: () => ({}), newResource }, "dynenv", stack);
  const seen = { ...record(), answers };
  // Pulumi keeps a stack trace with every promise, which takes longer than all else.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    build();
    await pulumi.runtime.disconnect();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return seen;
}

async function answered(
  args: pulumi.runtime.MockResourceArgs,
  answers: Answers,
): Promise<pulumi.runtime.MockResourceResult> {
  const { type, name } = args;
  const inputs = args.inputs as Record<string, unknown>;
  // Slow, so that what does not wait for the policies is seen to come before them.
  if (type.endsWith(":NetworkPolicy")) await new Promise((resolve) => setTimeout(resolve, 20));
  const computed: Record<string, Record<string, unknown>> = {
    "kubernetes:core/v1:Namespace": { metadata: { ...(inputs.metadata as object), uid: ownerUid } },
    "kubernetes:core/v1:PersistentVolumeClaim": {
      metadata: { ...(inputs.metadata as object), uid: ownerUid },
    },
    "kubernetes:core/v1:Service": { spec: { ...(inputs.spec as object), clusterIP } },
    "random:index/randomPassword:RandomPassword": { result: answers.password(name) },
    "pulumi:index:Stash": { output: inputs.input },
    "docker:index/image:Image": { repoDigest: `${String(inputs.imageName)}@sha256:${"2".repeat(64)}` },
  };
  return { id: `${name}-id`, state: { ...inputs, ...named(name, inputs, answers), ...computed[type] } };
}

/** What the provider does for objects that have no name. */
export function named(name: string, inputs: Record<string, unknown>, { suffix } = sameAnswers) {
  const own = inputs.metadata as { name?: string } | undefined;
  return own !== undefined && own.name === undefined
    ? { metadata: { ...own, name: `${name}-${suffix(inputs)}` } }
    : {};
}

type Callback = (error: unknown, response: unknown) => void;

interface Engine {
  registerResource: (request: RegisterResourceRequest, callback: Callback) => unknown;
  registerResourceOutputs: (request: RegisterResourceOutputsRequest, callback: Callback) => unknown;
}

/** Mocks see neither parents nor options nor the outputs of components, so it is the mocked engine that is watched. */
function record(): Construction {
  const seen: Construction = { resources: [], outputs: [] };
  const existing: string[] = [];
  const engine = pulumi.runtime.getMonitor() as unknown as Engine;
  const register = engine.registerResource.bind(engine);
  engine.registerResource = (request, callback) => {
    seen.resources.push({ ...registration(request), after: [...existing] });
    return register(request, (error, response) => {
      existing.push(request.getType());
      callback(error, response);
    });
  };
  const registerOutputs = engine.registerResourceOutputs.bind(engine);
  engine.registerResourceOutputs = (request, callback) => {
    seen.outputs.push(request.getOutputs()?.toJavaScript());
    return registerOutputs(request, callback);
  };
  return seen;
}

function registration(request: RegisterResourceRequest): Omit<Registration, "after"> {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: nameOf(request.getParent()),
    provider: request.getProvider(),
    deletedWith: nameOf(request.getDeletedwith()),
    createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
    ignoreChanges: request.getIgnorechangesList(),
    replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    protect: request.getProtect() === true,
    aliases: request.getAliasesList().map((alias) => ({
      name: alias.getSpec()?.getName() ?? "",
      type: alias.getSpec()?.getType() ?? "",
    })),
    inputs: request.getObject()?.toJavaScript() ?? {},
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** Replaces every secret within a value of the wire format. */
export function mapSecrets(value: unknown, replace: (secret: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== "object" || value === null) return value;
  const properties = value as Record<string, unknown>;
  // The signature by which the engine knows a secret, under the key that marks special values.
  const isSecret = properties["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";
  if (isSecret) return replace(properties.value);
  return Object.fromEntries(
    Object.entries(properties).map(([key, item]) => [key, mapSecrets(item, replace)]),
  );
}
