import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LineCounter, parseAllDocuments, type Tags } from "yaml";
import { z } from "zod";
import { listed, named, shown } from "../components/model/index.ts";
import { SettingError } from "./settingError.ts";
import { commandName } from "./folders.ts";

// What client-go reads: null and a missing field are the same, and fields that it does not know count for nothing.
const text = z.string().nullish();
const flag = z.boolean().nullish();
const base64 = text.refine((value) =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
    (value ?? "").replaceAll(/[\r\n]/g, ""),
  ),
);
const listOf = <T extends z.ZodType>(item: T) =>
  z.array(z.preprocess((value) => value ?? {}, item)).nullish();
const extensions = listOf(z.looseObject({ name: text }));

const cluster = z.looseObject({
  ...{ server: text, "tls-server-name": text, "insecure-skip-tls-verify": flag, "disable-compression": flag },
  ...{ "certificate-authority": text, "certificate-authority-data": base64, "proxy-url": text, extensions },
});
const exec = z.looseObject({
  ...{ command: text, args: z.array(z.string()).nullish(), apiVersion: text, installHint: text },
  env: listOf(z.looseObject({ name: text, value: text })),
  ...{ provideClusterInfo: flag, interactiveMode: text },
});
const user = z.looseObject({
  ...{
    "client-certificate": text,
    "client-certificate-data": base64,
    "client-key": text,
    "client-key-data": base64,
  },
  ...{ token: text, tokenFile: text, username: text, password: text, exec: exec.nullish(), extensions },
  ...{ as: text, "as-uid": text, "as-groups": z.array(z.string()).nullish() },
  "as-user-extra": z.record(z.string(), z.array(z.string()).nullish()).nullish(),
  "auth-provider": z
    .looseObject({ name: text, config: z.record(z.string(), z.string()).nullish() })
    .nullish(),
});
const context = z.looseObject({ cluster: text, user: text, namespace: text, extensions });
const kubeconfig = z.looseObject({
  ...{
    kind: z.enum(["Config", ""]).nullish(),
    apiVersion: z.enum(["v1", ""]).nullish(),
    "current-context": text,
  },
  clusters: listOf(z.looseObject({ name: text, cluster: cluster.nullish() })),
  users: listOf(z.looseObject({ name: text, user: user.nullish() })),
  contexts: listOf(z.looseObject({ name: text, context: context.nullish() })),
});

export type ClusterEntry = z.infer<typeof cluster>;
export type UserEntry = z.infer<typeof user>;
export type ExecEntry = z.infer<typeof exec>;
export type ContextEntry = z.infer<typeof context>;

/** Kubeconfigs as kubectl merges them. */
export interface Kubeconfig {
  currentContext: string;
  clusters: Map<string, ClusterEntry>;
  users: Map<string, UserEntry>;
  contexts: Map<string, ContextEntry>;
}

/**
 * Reads the files of a list as kubectl does: those that are missing count for nothing, and the first that has a name, or
 * a current context, wins. Paths in a file become absolute; they are relative to its folder.
 * @param path value of KUBECONFIG.
 * @throws on what kubectl would not read, either.
 */
export function readKubeconfig(path: string): Kubeconfig {
  const merged: Kubeconfig = {
    currentContext: "",
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  };
  for (const file of new Set(path.split(":").filter(Boolean))) {
    const { currentContext, ...lists } = readFile(file);
    merged.currentContext ||= currentContext;
    for (const list of ["clusters", "users", "contexts"] as const) {
      const known = merged[list] as Map<string, unknown>;
      for (const [name, entry] of lists[list]) if (!known.has(name)) known.set(name, entry);
    }
  }
  return merged;
}

/**
 * Name of the context that a stack's provider uses: `wanted`, or the current one of the kubeconfig.
 * @param path value of KUBECONFIG: the ambient ~/.kube/config is never used unless it is named.
 * @throws when no kubeconfig is named, when it cannot be read, and when it lacks the context.
 */
export function contextOf(path: string | undefined, wanted: string | undefined): string {
  return inContext(path, wanted).context;
}

/** The same context, with the kubeconfig that has it, which is read once. @throws as {@link contextOf}. */
export function inContext(
  path: string | undefined,
  wanted: string | undefined,
): { context: string; kubeconfig: Kubeconfig } {
  if (path === undefined || path === "") {
    throw new SettingError(
      `KUBECONFIG names no cluster: set it to a kubeconfig, or run \`eval "$(${commandName} env)"\``,
    );
  }
  if (!path.split(":").some((file) => existsSync(file)))
    throw new SettingError(
      `kubeconfig ${named(path)} cannot be read: there is no such file; set KUBECONFIG to one that exists`,
    );
  const kubeconfig = readKubeconfig(path);
  const { currentContext, contexts } = kubeconfig;
  const context = wanted ?? currentContext;
  if (context === "") {
    throw new SettingError(
      `kubeconfig ${named(path)} has no current context: name one with the setting kubeContext or KUBE_CONTEXT`,
    );
  }
  if (!contexts.has(context)) {
    throw new SettingError(
      `kubeconfig ${named(path)} has no context ${shown(context)}: it has ${listed([...contexts.keys()])}`,
    );
  }
  return { context, kubeconfig };
}

function readFile(path: string): Kubeconfig {
  const wrong = (why: string) =>
    new SettingError(`kubeconfig ${named(path)} ${why}: write it with \`kubectl config\``);
  const result = kubeconfig.safeParse(firstDocument(contentOf(path), wrong) ?? {});
  if (!result.success) {
    const where = result.error.issues[0]?.path.map((key) => named(String(key))).join(".") ?? "";
    throw wrong(`is wrong at ${where === "" ? "its top" : where}`);
  }
  const { clusters, users, contexts } = result.data;
  const folder = dirname(resolve(path));
  const byName = <T>(list: string, entries: [name: string, entry: T][]) => {
    const names = entries.map(([name]) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw wrong(`has ${shown(twice)} twice in its ${list}`);
    return new Map(entries);
  };
  return {
    currentContext: result.data["current-context"] ?? "",
    clusters: byName(
      "clusters",
      (clusters ?? []).map(({ name, cluster }) => [name ?? "", withAbsolutePaths(cluster ?? {}, folder)]),
    ),
    users: byName(
      "users",
      (users ?? []).map(({ name, user }) => [name ?? "", withAbsolutePaths(user ?? {}, folder)]),
    ),
    contexts: byName(
      "contexts",
      (contexts ?? []).map(({ name, context }) => [name ?? "", context ?? {}]),
    ),
  };
}

/** Empty where there is no such file. */
function contentOf(path: string): string {
  try {
    return decoded(readFileSync(path));
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    throw new SettingError(
      `kubeconfig ${named(path)} cannot be read (${code}): check the path and its permissions`,
    );
  }
}

/** As YAML says, and kubectl reads it: PowerShell writes UTF-16. */
function decoded(bytes: Buffer): string {
  const [first = 0, second = 0] = bytes;
  const mark = (first << 8) | second;
  const encoding = mark === 0xff_fe ? "utf-16le" : mark === 0xfe_ff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

// YAML as kubectl reads it: `yes` is true, and what looks like a time is text.
const customTags = (tags: Tags) =>
  tags.filter((tag) => typeof tag === "string" || (tag.format !== "TIME" && !tag.tag.endsWith(":timestamp")));

/** Of several documents kubectl reads the first. */
function firstDocument(content: string, wrong: (why: string) => SettingError): unknown {
  const lineCounter = new LineCounter();
  const [document] = parseAllDocuments(content, {
    ...{
      version: "1.1",
      customTags,
      lineCounter,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    },
  });
  const error = document?.errors[0];
  if (error !== undefined) {
    // The text may be a secret.
    throw wrong(`is not YAML at line ${String(lineCounter.linePos(error.pos[0]).line)}`);
  }
  try {
    // What contains itself has no text.
    return JSON.parse(JSON.stringify(document?.toJS() ?? null));
  } catch {
    throw wrong("has aliases without end");
  }
}

const paths = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** What kubectl takes as relative to the kubeconfig's folder, a plugin's command included unless PATH has it. */
function withAbsolutePaths<T extends Record<string, unknown>>(settings: T, folder: string): T {
  const absolute = Object.entries(settings).map(([name, value]): [string, unknown] => {
    if (paths.includes(name) && typeof value === "string" && value !== "")
      return [name, resolve(folder, value)];
    if (name === "exec" && value) return [name, withAbsoluteCommand(value as ExecEntry, folder)];
    return [name, value];
  });
  return Object.fromEntries(absolute) as T;
}

function withAbsoluteCommand(plugin: ExecEntry, folder: string): ExecEntry {
  const { command } = plugin;
  return command?.includes("/") === true ? { ...plugin, command: resolve(folder, command) } : plugin;
}
