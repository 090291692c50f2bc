// A process of its own, since a program may do anything: it reads a request from its input, and writes to descriptor 3.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { text } from "node:stream/consumers";
import * as pulumi from "@pulumi/pulumi";
import { shown } from "../components/model/index.ts";
import type { ReleaseLock } from "../foundation/releaseLock.ts";
import { SettingError } from "../foundation/settingError.ts";
import type { Definition } from "../stacks/definition.ts";
import { checkDefinition } from "../stacks/definitionRules.ts";
import { definitionIn, lockedDefinition, lockedSettings } from "../stacks/lockedDefinition.ts";
import { previewStack } from "../stacks/preview.ts";
import { render } from "../stacks/renderer.ts";
import type { Settings } from "../stacks/settings.ts";
import { type Answers, construct, mapSecrets } from "./construction.ts";
import { contentHash, contentSuffix } from "./content.ts";
import { withSecrets } from "./manifests.ts";
import type { Rendered, RenderingAnswer, RenderingRequest } from "./request.ts";
import { hasPlaceholder, placeholderOf } from "./secretsScript.ts";

const answers: Answers = { suffix: contentSuffix, password: (name) => placeholderOf(name, true) };

// What is thrown while nobody waits for it, as by a resource that is made in the meantime.
process.on("uncaughtException", (error) => {
  writeFileSync(3, JSON.stringify(refusal(error)));
  process.exit();
});
writeFileSync(3, JSON.stringify(await answer()));
// Whatever a program may have left open.
process.exit();

async function answer(): Promise<RenderingAnswer> {
  try {
    return { rendered: await rendered(JSON.parse(await text(process.stdin)) as RenderingRequest) };
  } catch (error) {
    return refusal(error);
  }
}

/** What a program threw need not be an error. */
function refusal(error: unknown): RenderingAnswer {
  const isOfCaller = error instanceof SettingError || pulumi.RunError.isInstance(error);
  return { error: error instanceof Error ? error.message : `the program threw ${shown(error)}`, isOfCaller };
}

async function rendered({
  images,
  withoutHash = false,
  other,
  ...request
}: RenderingRequest): Promise<Rendered> {
  const { definition: given, settings: read } = await taken(request);
  checkDefinition(given);
  const definition = withoutSecrets(given);
  const own = withoutCluster(read());
  const { lock } = own;
  const known = lock?.images ?? images ?? own.images;
  const graph = (lock?.graph as Definition | undefined) ?? lockedDefinition(definition, known);
  const facts = factsOf(definition);
  const services = lock?.services ?? (graph.catalogue?.services ?? []).map(({ name }) => name);
  const { commit, ref, project } = lock ?? own;
  const release = { commit, ref, project, images: known, services };
  const secretFiles = lock?.secretFiles ?? facts.secretFiles;
  const whole = definitionIn({ graph, version: lock?.version ?? "", secretFiles }, definition);
  const made = await construct(() => previewStack(whole, lockedSettings(own, release)), own.stack, answers);
  return {
    ...(lock === undefined && { graph: await plain(graph) }),
    ...{ services, ...facts },
    manifests: withSecrets(made, revealed),
    ...(other && { others: withSecrets(await ofRelease(other, own, definition), revealed) }),
    objects: withoutHash
      ? ""
      : contentHash(withSecrets(await neutral(graph, release, read, request), revealed)),
  };
}

/** Another release with the settings of an environment. */
function ofRelease(lock: ReleaseLock, own: Settings, definition: Definition) {
  const whole = definitionIn(lock, definition);
  return construct(() => previewStack(whole, lockedSettings(own, lock)), own.stack, answers);
}

type Release = Parameters<typeof lockedSettings>[1];

/** What the program gives to `preview`. @throws where it never calls it. */
async function taken({
  folder,
  entry,
  project,
  stack,
  config,
}: Omit<RenderingRequest, "images" | "withoutHash" | "other">) {
  process.chdir(folder);
  await pulumi.runtime.setMocks(
    { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
    project,
    stack,
  );
  pulumi.runtime.setAllConfig(config);
  const found: { definition: Definition; settings: () => Settings }[] = [];
  const end = new Error("the program is taken");
  render({
    take: (definition, settings) => {
      found.push({ definition, settings });
      throw end;
    },
  });
  try {
    const program = (await import(pathToFileURL(join(folder, entry)).href)) as { default?: unknown };
    if (typeof program.default === "function") await (program.default as () => unknown)();
  } catch (error) {
    if (error !== end) throw error;
  }
  const [first] = found;
  if (first !== undefined) return first;
  throw new SettingError(
    `the program in ${folder} calls no preview(), so that nobody can say what a release of it holds: end it with export default preview({ ... })`,
  );
}

/** The definition with what stands for the texts of secret files: they come from wherever the program has them. */
function withoutSecrets(definition: Definition): Definition {
  const services = Object.entries(definition.services).map(([name, { secretFiles, ...service }]) => {
    if (secretFiles === undefined) return [name, service] as const;
    const files = Object.keys(secretFiles).map((path) => [path, placeholderOf(`${name}${path}`)] as const);
    return [name, { ...service, secretFiles: Object.fromEntries(files) }] as const;
  });
  return { ...definition, services: Object.fromEntries(services) };
}

/** The settings without anything that needs a cluster, and with placeholders for secrets. */
function withoutCluster(settings: Settings): Settings {
  const secret = (name: string) => pulumi.secret(placeholderOf(name));
  return { ...settings, kubeContext: () => "rendered", secret };
}

/** Nothing of what an environment has of its own: whatever setting there is, none is read. */
async function neutral(
  definition: Definition,
  release: Release,
  read: () => Settings,
  { project }: Pick<RenderingRequest, "project">,
) {
  const stack = "release";
  await pulumi.runtime.setMocks(
    { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
    project,
    stack,
  );
  const said = { kind: "standing", project: release.project, ref: release.ref, commit: release.commit };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(said).map(([key, value]) => [`dynenv:${key}`, value])),
  );
  for (const name of Object.keys(process.env).filter((one) => one.startsWith("DYNENV_")))
    Reflect.deleteProperty(process.env, name);
  const settings = { ...withoutCluster(read()), pullLogins: undefined };
  return construct(() => previewStack(definition, lockedSettings(settings, release)), stack, answers);
}

/** Names that the release holds beside the definition. */
function factsOf({ services }: Definition): Pick<Rendered, "secretFiles" | "migrations"> {
  const each = Object.entries(services);
  return {
    secretFiles: Object.fromEntries(
      each.flatMap(([name, { secretFiles }]) =>
        secretFiles === undefined ? [] : [[name, Object.keys(secretFiles)] as const],
      ),
    ),
    migrations: Object.fromEntries(
      each.flatMap(([name, { migrations }]) =>
        migrations === undefined ? [] : [[name, migrations] as const],
      ),
    ),
  };
}

/** A definition whose values are all known. @throws where one of them is secret: a lock is no place for it. */
async function plain(definition: Definition): Promise<Record<string, unknown>> {
  for (const [name, service] of Object.entries(definition.services)) {
    // Of a setting that is read as if it were none, only what stands for it is here.
    const isSecret = await pulumi.isSecret(pulumi.output(service));
    if (isSecret || hasPlaceholder(JSON.stringify(await known(service))))
      throw new SettingError(
        `service ${name} has a secret among its variables, which no release can hold: name it under secrets, whose texts are each environment's own`,
      );
  }
  return JSON.parse(JSON.stringify(await known(definition))) as Record<string, unknown>;
}

function known(value: object): Promise<unknown> {
  return new Promise((resolve) => {
    pulumi.output(value).apply(resolve);
  });
}

function revealed(secret: unknown): unknown {
  return mapSecrets(secret, revealed);
}
