import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ResourceCap } from "../components/model/cap.ts";
import {
  byDigest,
  imagePattern,
  prefixPattern,
  registryPattern,
  repositoryPath,
  repositoryPattern,
} from "../components/model/imageName.ts";
import { clockToleranceMs, markedTime } from "../components/model/lifeSpan.ts";
import { timeToLive, Trust, trustRules, ttlPattern } from "../components/model/trust.ts";
import { defaultReadyWithinSeconds } from "../components/workload.ts";
import { checkedOut, uncommittedChanges } from "./checkout.ts";
import { ciRun } from "./ciRun.ts";
import { contextOf } from "./kubeconfig.ts";
import { requireCodeOf } from "./ownCode.ts";
import { SettingError } from "./settingError.ts";
import { named, shown } from "../components/model/shown.ts";

/** What a stack is built from: Pulumi configuration before CI variables before defaults. */
export interface Settings {
  kind: "preview" | "image";
  stack: string;
  project: string;
  ref: string;
  commit: string;
  /** Hash of changes that are not committed, where there are any. */
  dirty: () => string | undefined;
  /** Image of the application by digest; absent: it is built from `context`. */
  image: string | undefined;
  context: string;
  baseImage: string;
  imageRepository: string;
  /** Login to the registry; absent: images are pulled without one, as forks do. */
  registry: { server: string; username: string; password: pulumi.Output<string> } | undefined;
  functions: string[];
  services: string[];
  trust: Trust;
  ttl: string | undefined;
  /** When this deployment was started; absent: the environment's life begins when it is created. */
  deployedAt: string | undefined;
  cap: ResourceCap;
  nodeSelector: Record<string, string>;
  imagePrefix: string;
  standIns: Record<string, string>;
  /** Context of the kubeconfig; read only by stacks that have a cluster. */
  kubeContext: () => string;
  readyWithinSeconds: number;
}

interface Rule<T> {
  schema: z.ZodType<T>;
  /** Completes the sentence "it must be ...". */
  rule: string;
  example: string;
}

const text: Rule<string> = { schema: z.string().min(1), rule: "a text", example: "shop/deals" };
const host: Rule<string> = {
  schema: z.string().regex(registryPattern),
  rule: "a host, with a port if it needs one",
  example: "registry.example.com:5000",
};
const repository: Rule<string> = {
  schema: z.string().regex(repositoryPattern),
  rule: "a registry's host and a path in lower case",
  example: "registry.example.com/shop/deals",
};
const names: Rule<string[]> = {
  schema: z
    .string()
    .regex(/^[a-z0-9-]+(,[a-z0-9-]+)*$/)
    .transform((list) => list.split(",")),
  rule: "names with commas between them",
  example: "browse,login",
};
const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue("no JSON");
    return z.NEVER;
  }
});

const rules = {
  kind: { schema: z.enum(["preview", "image"]), rule: "preview or image", example: "preview" },
  project: text,
  ref: { ...text, example: "feature/login" },
  commit: {
    schema: z.string().regex(/^[0-9a-f]{7,64}$/),
    rule: "a commit in hexadecimal digits",
    example: "9dff06f",
  },
  image: {
    schema: z.string().regex(byDigest),
    rule: "an image reference by digest",
    example: `registry.example.com/shop/deals@sha256:${"0".repeat(64)}`,
  },
  context: { ...text, example: "example" },
  baseImage: {
    schema: z.string().regex(imagePattern),
    rule: "an image reference",
    example: "node:24-slim",
  },
  imageRepository: repository,
  registry: host,
  registryUser: { ...text, example: "gitlab-ci-token" },
  registryPassword: { ...text, example: "a token that may pull" },
  functions: names,
  services: { ...names, example: "user,session-db" },
  trust: { schema: z.enum(Trust), rule: "trusted or fork", example: "fork" },
  ttl: {
    schema: z.string().regex(ttlPattern),
    rule: "a number of minutes, hours or days",
    example: "4h",
  },
  deployedAt: {
    schema: z.string().refine((text) => {
      const time = markedTime(text);
      return time !== undefined && time.getTime() <= Date.now() + clockToleranceMs;
    }),
    rule: "a time in UTC to the second that is at most 5 minutes ahead",
    example: "2026-03-01T12:00:00Z",
  },
  cap: {
    schema: json.pipe(
      z
        .strictObject({ pods: z.int().positive(), cpu: z.string(), memory: z.string() })
        .partial() as z.ZodType<ResourceCap>,
    ),
    rule: "a JSON object of pods, cpu, memory and ephemeralStorage",
    example: '{"pods": 30, "cpu": "16", "memory": "16Gi"}',
  },
  nodeSelector: {
    schema: json.pipe(z.record(z.string(), z.string())),
    rule: "a JSON object from label to value",
    example: '{"pool": "previews"}',
  },
  imagePrefix: {
    schema: z.string().regex(prefixPattern),
    rule: "a registry's host, with a path in lower case if it needs one",
    example: "docker.io",
  },
  standIns: {
    schema: json.pipe(z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/))),
    rule: "a JSON object from repository:tag to digest",
    example: `{"weaveworksdemos/catalogue:0.3.5": "sha256:${"0".repeat(64)}"}`,
  },
  kubeContext: { ...text, example: "staging" },
  readyWithinSeconds: {
    schema: z
      .string()
      .regex(/^\d{2,4}$/)
      .transform(Number)
      .pipe(z.number().min(20).max(3600)),
    rule: "a whole number of seconds from 20 to 3600",
    example: "150",
  },
} satisfies Record<string, Rule<unknown>>;

type Key = keyof typeof rules;

/** Reads and validates every setting once. @throws an error of one sentence that names the key, value and rule. */
export function readSettings(): Settings {
  refuseUnknownKeys();
  const project = read("project", "DYNENV_PROJECT") ?? pulumi.getProject();
  const trust = read("trust", "DYNENV_TRUST") ?? Trust.trusted;
  const registry = trustRules[trust].sharedSecrets ? registryLogin() : undefined;
  return {
    kind: read("kind") ?? "preview",
    stack: pulumi.getStack(),
    project,
    ref: read("ref", "DYNENV_REF") ?? (checkedOut().ref || required("ref", "DYNENV_REF")),
    commit: read("commit", "DYNENV_COMMIT") ?? (checkedOut().commit || required("commit", "DYNENV_COMMIT")),
    dirty: () => told(() => uncommittedChanges()),
    image: read("image"),
    context: read("context") ?? "example",
    baseImage: read("baseImage", "DYNENV_BASE_IMAGE") ?? "node:24-slim",
    imageRepository:
      read("imageRepository", "CI_REGISTRY_IMAGE") ?? `${registry?.server ?? ""}/${repositoryPath(project)}`,
    registry,
    functions: read("functions") ?? [],
    services: read("services") ?? [],
    trust,
    ttl: allowedTtl(trust),
    deployedAt: read("deployedAt", "DYNENV_DEPLOYED_AT"),
    cap: read("cap") ?? {},
    nodeSelector: read("nodeSelector") ?? {},
    imagePrefix: read("imagePrefix", "DYNENV_IMAGE_PREFIX") ?? "docker.io",
    standIns: read("standIns", "DYNENV_STAND_INS") ?? {},
    kubeContext: () => told(() => contextOf(process.env.KUBECONFIG, read("kubeContext", "KUBE_CONTEXT"))),
    readyWithinSeconds: read("readyWithinSeconds") ?? defaultReadyWithinSeconds,
  };
}

/** The time to live, if one is set. @throws when it is more than the trust allows. */
function allowedTtl(trust: Trust): string | undefined {
  const ttl = read("ttl");
  try {
    timeToLive(ttl, trustRules[trust]);
    return ttl;
  } catch (error) {
    throw new pulumi.RunError(`setting dynenv:${(error as Error).message}`);
  }
}

/**
 * An image of a fork is deployed by the program of the project on purpose, and the application itself tells its commit.
 * A preview deploys nothing.
 * @throws unless it is the settings' commit that is built and deployed.
 */
export function requireOwnCode({ commit, project, trust }: Settings): void {
  if (trust === Trust.fork || pulumi.runtime.isDryRun()) return;
  told(() => {
    requireCodeOf({ commit, project });
  });
}

function registryLogin() {
  return {
    server: required("registry", "CI_REGISTRY"),
    username: required("registryUser", "CI_REGISTRY_USER"),
    password: pulumi.secret(required("registryPassword", "CI_REGISTRY_PASSWORD")),
  };
}

function read<K extends Key>(key: K, variable?: string): z.infer<(typeof rules)[K]["schema"]> | undefined {
  const configured = new pulumi.Config().get(key) ?? "";
  // A variable that is filled from a file ends with the file's line end; no setting has blanks at its ends.
  const value = configured !== "" || variable === undefined ? configured : (valueOf(variable)?.trim() ?? "");
  if (value === "") return undefined;
  const { schema, rule, example } = rules[key];
  const result = schema.safeParse(value);
  if (result.success) return result.data as z.infer<(typeof rules)[K]["schema"]>;
  const source =
    configured !== "" || variable === undefined ? `setting dynenv:${key}` : `variable ${variable}`;
  const given = key === "registryPassword" ? "" : ` ${shown(value)}`;
  throw new pulumi.RunError(`${source} is${given} but must be ${rule}, such as ${example}`);
}

/** A variable's own value, else what CI systems call by other names. */
function valueOf(variable: string): string | undefined {
  const { project, ref, commit, fork } = told(() => ciRun(process.env));
  const said: Record<string, string | undefined> = {
    DYNENV_PROJECT: project,
    DYNENV_REF: ref,
    DYNENV_COMMIT: commit,
    DYNENV_TRUST: fork ? Trust.fork : undefined,
  };
  const own = process.env[variable] ?? "";
  return own === "" ? said[variable] : own;
}

function required<K extends Key>(
  key: K,
  variable?: string,
): NonNullable<z.infer<(typeof rules)[K]["schema"]>> {
  const value = read(key, variable);
  if (value !== undefined) return value;
  const { rule, example } = rules[key];
  const alternative = variable === undefined ? "" : ` or the variable ${variable}`;
  throw new pulumi.RunError(
    `setting dynenv:${key} is missing: set it${alternative} to ${rule}, such as ${example}`,
  );
}

/** Turns a wrong setting into an error that Pulumi prints without a stack. */
export function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SettingError ? new pulumi.RunError(error.message) : error;
  }
}

function refuseUnknownKeys(): void {
  const known = Object.keys(rules);
  const prefix = `${pulumi.getProject()}:`;
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    if (key.startsWith(prefix) && !known.includes(key.slice(prefix.length))) {
      throw new pulumi.RunError(`setting ${named(key)} is unknown: the settings are ${known.join(", ")}`);
    }
  }
}
