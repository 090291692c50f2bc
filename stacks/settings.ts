import * as pulumi from "@pulumi/pulumi";
import {
  defaultReadyWithinSeconds,
  EnvironmentKind,
  type Gateway,
  mustBe,
  named,
  publishedPrefix,
  refusal,
  repositoryPath,
  type ResourceCap,
  timeToLive,
  Trust,
  trustRules,
} from "../components/model/index.ts";
import type { z } from "zod";
import { checkedOut, uncommittedChanges } from "../foundation/checkout.ts";
import { ignoredInImage } from "./imageContext.ts";
import { ciRun } from "../foundation/ciRun.ts";
import { contextOf } from "../foundation/kubeconfig.ts";
import { requirePinnedCluster } from "../foundation/pinnedCluster.ts";
import { requireCodeOf } from "../foundation/ownCode.ts";
import { lockAt, type ReleaseLock } from "../foundation/releaseLock.ts";
import { placeInRepository } from "../foundation/repository.ts";
import { readVariable } from "../foundation/variable.ts";
import { secretSettings } from "../foundation/secretSettings.ts";
import { settingNamespace } from "../foundation/settingNamespace.ts";
import { asRunError } from "./runError.ts";
import type { ServiceSettings } from "./serviceSettings.ts";
import { rules } from "./settingRules.ts";

interface RegistryLogin {
  server: string;
  username: string;
  password: pulumi.Output<string>;
}

/** What a stack is built from: Pulumi configuration before CI variables before defaults. */
export interface Settings extends ServiceSettings {
  kind: EnvironmentKind | "image";
  stack: string;
  project: string;
  ref: string;
  commit: string;
  /** Number of the merge request or pull request; absent: there is none. */
  mergeRequest: string | undefined;
  /** Hash of changes that are not committed, where there are any. */
  dirty: (context: string) => string | undefined;
  /** Images by digest of the project's services, by their names; those of the others are built. */
  images: Record<string, string>;
  /** Value of a secret of the program's own; absent: nobody set it. */
  secret: (name: string) => pulumi.Output<string> | undefined;
  /** Base of the images that are built; absent: what the Dockerfiles name. */
  baseImage: string | undefined;
  imageRepository: string;
  /** Login to the registry with which images are pushed; absent: as for forks, nothing is pushed. */
  registry: RegistryLogin | undefined;
  /** Login with which the cluster pulls them; absent: they are pulled without one, as for forks. */
  pull: RegistryLogin | undefined;
  /** Logins to other registries, as Docker's configuration has them; absent: there are none, as for forks. */
  pullLogins: pulumi.Output<string> | undefined;
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
  /** The cluster's gateway; absent: nobody outside may call what is exposed. */
  gateway: Gateway | undefined;
  readyWithinSeconds: number;
  /** The release that is deployed, in place of what is checked out; absent: none is. */
  lock: ReleaseLock | undefined;
}

/** The image that is given for a service, which may be called as any object has properties: `constructor`. */
export function givenImage({ images }: Pick<Settings, "images">, name: string): string | undefined {
  return Object.hasOwn(images, name) ? images[name] : undefined;
}

type Key = keyof typeof rules;

/** Reads and validates every setting once. @throws an error of one sentence that names the key, value and rule. */
export function readSettings(): Settings {
  refuseUnknownKeys();
  const project = read("project", "DYNENV_PROJECT") ?? pulumi.getProject();
  const trust = read("trust", "DYNENV_TRUST") ?? Trust.trusted;
  const registry = trustRules[trust].sharedSecrets ? registryLogin() : undefined;
  const kind = read("kind") ?? EnvironmentKind.preview;
  // Of them `dynenv up` asks the cluster.
  read("previewIdentity");
  read("sharedWithPreviews");
  return {
    kind,
    stack: pulumi.getStack(),
    project,
    ref: read("ref", "DYNENV_REF") ?? (checkedOut().ref || required("ref", "DYNENV_REF")),
    commit: read("commit", "DYNENV_COMMIT") ?? (checkedOut().commit || required("commit", "DYNENV_COMMIT")),
    mergeRequest: read("mergeRequest", "DYNENV_MERGE_REQUEST"),
    dirty: (context) => asRunError(() => uncommittedChanges(".", ignoredInImage(context))),
    images: read("images", "DYNENV_SERVICE_IMAGES") ?? {},
    secret,
    baseImage: read("baseImage", "DYNENV_BASE_IMAGE"),
    imageRepository: imageRepository() ?? `${registry?.server ?? ""}/${repositoryPath(project)}`,
    registry,
    pull: registry && pullLogin(registry),
    pullLogins: registry && otherLogins(),
    ...{ scale: read("scale") ?? {}, volumes: read("volumes") ?? {} },
    ...{ secretRefs: read("secretRefs") ?? {}, external: read("external") ?? {} },
    functions: read("functions") ?? [],
    services: read("services") ?? [],
    trust,
    ttl: allowedTtl(trust),
    deployedAt: read("deployedAt", "DYNENV_DEPLOYED_AT"),
    cap: read("cap") ?? {},
    nodeSelector: read("nodeSelector") ?? {},
    imagePrefix: read("imagePrefix", "DYNENV_IMAGE_PREFIX") ?? publishedPrefix,
    standIns: read("standIns", "DYNENV_STAND_INS") ?? {},
    kubeContext: () =>
      asRunError(() => {
        const context = contextOf(process.env.KUBECONFIG, read("kubeContext", "KUBE_CONTEXT"));
        return requirePinnedCluster(kind, read("cluster"), context);
      }),
    gateway: gateway(),
    lock: asRunError(() => lockAt(read("lock", "DYNENV_LOCK"), project)),
    readyWithinSeconds: read("readyWithinSeconds") ?? defaultReadyWithinSeconds,
  };
}

/** The gateway, if one is set. @throws when a part of it is missing. */
function gateway(): Gateway | undefined {
  const address = read("domain", "DYNENV_DOMAIN");
  const [name, ingressClass] = [
    read("gateway", "DYNENV_GATEWAY"),
    read("ingressClass", "DYNENV_INGRESS_CLASS"),
  ];
  if (address === undefined && name === undefined && ingressClass === undefined) return undefined;
  const { domain, port } = address ?? required("domain", "DYNENV_DOMAIN");
  const inside = read("gatewayAddress", "DYNENV_GATEWAY_ADDRESS");
  if (name !== undefined && ingressClass !== undefined)
    throw new pulumi.RunError(
      `settings ${fullName("gateway")} and ${fullName("ingressClass")} are both set: unset one of them`,
    );
  return {
    domain,
    ...(ingressClass === undefined
      ? { name: name ?? required("gateway", "DYNENV_GATEWAY") }
      : { ingressClass }),
    ...{ tls: read("tls", "DYNENV_TLS") ?? true, ...(port !== undefined && { port }) },
    pods: required("gatewayPods", "DYNENV_GATEWAY_PODS"),
    exposeForks: read("exposeForks") ?? false,
    ...(inside && { inside }),
  };
}

/** The time to live, if one is set. @throws when it is more than the trust allows. */
function allowedTtl(trust: Trust): string | undefined {
  const ttl = read("ttl");
  try {
    timeToLive(ttl, trustRules[trust]);
    return ttl;
  } catch (error) {
    throw new pulumi.RunError(`setting ${fullName((error as Error).message)}`);
  }
}

/**
 * An image of a fork is deployed by the program of the project on purpose, and the application itself tells its commit.
 * A preview deploys nothing.
 * @throws unless it is the settings' commit that is built and deployed.
 */
export function requireOwnCode({ commit, project, trust }: Settings): void {
  if (trust === Trust.fork || pulumi.runtime.isDryRun()) return;
  asRunError(() => {
    requireCodeOf({ commit, project });
  });
}

/** As it is named; in that of a CI system's project the programs of one repository have a folder each. */
function imageRepository(): string | undefined {
  const named = read("imageRepository", "CI_REGISTRY_IMAGE");
  const place = placeInRepository(process.cwd());
  if (named === undefined || place === "" || read("imageRepository") !== undefined) return named;
  // One level alone: registries have a limit for them.
  return `${named}/${repositoryPath(place.replaceAll("/", "-"))}`;
}

function registryLogin(): RegistryLogin {
  return {
    server: required("registry", "CI_REGISTRY"),
    username: required("registryUser", "CI_REGISTRY_USER"),
    password: pulumi.secret(required("registryPassword", "CI_REGISTRY_PASSWORD")),
  };
}

/** The login that may only pull where there is one, since all that runs in the environment's namespace may get hold of it. */
function pullLogin(push: RegistryLogin): RegistryLogin {
  const [user, password] = ["DYNENV_PULL_USER", "DYNENV_PULL_PASSWORD"] as const;
  if (read("pullUser", user) === undefined && read("pullPassword", password) === undefined) return push;
  return {
    server: push.server,
    username: required("pullUser", user),
    password: pulumi.secret(required("pullPassword", password)),
  };
}

/** What Docker would be told of other registries: the same text as GitLab's DOCKER_AUTH_CONFIG, which nobody takes unasked. */
function otherLogins(): pulumi.Output<string> | undefined {
  const config = read("pullLogins", "DYNENV_PULL_LOGINS");
  return config === undefined ? undefined : pulumi.secret(config);
}

/** A secret of the program's own, before the variable of that name; as it is, since blanks at its ends may belong to it. */
function secret(name: string): pulumi.Output<string> | undefined {
  const configured = pulumi.runtime.getConfig(`${pulumi.getProject()}:${name}`) ?? "";
  // Variables have the properties of any object, too.
  const variable = Object.hasOwn(process.env, name) ? (process.env[name] ?? "") : "";
  const value = configured === "" ? variable : configured;
  return value === "" ? undefined : pulumi.secret(value);
}

/** What Pulumi calls a setting, whatever the program's project is called. */
export function fullName(key: string): string {
  return `${settingNamespace}:${key}`;
}

function read<K extends Key>(key: K, variable?: string): z.infer<(typeof rules)[K]["schema"]> | undefined {
  const configured = new pulumi.Config(settingNamespace).get(key) ?? "";
  const value = configured !== "" || variable === undefined ? configured : (valueOf(variable) ?? "");
  if (value === "") return undefined;
  const form = rules[key];
  const result = form.schema.safeParse(value);
  if (result.success) return result.data as z.infer<(typeof rules)[K]["schema"]>;
  const source =
    configured !== "" || variable === undefined ? `setting ${fullName(key)}` : `variable ${variable}`;
  const must = mustBe(form, result.error);
  throw new pulumi.RunError(
    key in secretSettings ? `${source} must be ${must}` : refusal(source, value, must),
  );
}

/** A variable's own value, else what CI systems call by other names. */
function valueOf(variable: string): string | undefined {
  const { project, ref, commit, mergeRequest, fork } = asRunError(() =>
    ciRun(process.env, () => placeInRepository(process.cwd())),
  );
  const said: Record<string, string | undefined> = {
    DYNENV_PROJECT: project,
    DYNENV_REF: ref,
    DYNENV_COMMIT: commit,
    DYNENV_MERGE_REQUEST: mergeRequest,
    DYNENV_TRUST: readVariable("DYNENV_TRUST") ?? (fork ? Trust.fork : undefined),
    ...deployToken(),
  };
  return said[variable] ?? readVariable(variable);
}

/** GitLab's own variables of a deploy token, unless another login is named: halves of two logins are none. */
function deployToken(): Record<string, string | undefined> {
  if ((readVariable("DYNENV_PULL_USER") ?? readVariable("DYNENV_PULL_PASSWORD")) !== undefined) return {};
  return {
    DYNENV_PULL_USER: readVariable("CI_DEPLOY_USER"),
    DYNENV_PULL_PASSWORD: readVariable("CI_DEPLOY_PASSWORD"),
  };
}

function required<K extends Key>(
  key: K,
  variable?: string,
): NonNullable<z.infer<(typeof rules)[K]["schema"]>> {
  const value = read(key, variable);
  if (value !== undefined) return value;
  const alternative = variable === undefined ? "" : ` or the variable ${variable}`;
  throw new pulumi.RunError(
    `setting ${fullName(key)} is missing: set it${alternative} to ${mustBe(rules[key])}`,
  );
}

function refuseUnknownKeys(): void {
  const known = Object.keys(rules);
  const prefix = fullName("");
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    if (key.startsWith(prefix) && !known.includes(key.slice(prefix.length))) {
      throw new pulumi.RunError(`setting ${named(key)} is unknown: the settings are ${known.join(", ")}`);
    }
  }
}
