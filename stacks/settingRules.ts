import { z } from "zod";
import {
  commitForm,
  deployedAtForm,
  digestForm,
  EnvironmentKind,
  type Form,
  type GatewayAddress,
  gatewayNamePattern,
  type GatewayPods,
  hasLogins,
  imageForm,
  imagePattern,
  mapping,
  mergeRequestForm,
  oneOf,
  prefixForm,
  projectForm,
  refForm,
  registryPattern,
  repositoryPattern,
  type ResourceCap,
  subdomain,
  trustForm,
  ttlForm,
} from "../components/model/index.ts";
import { sharedWords, usualPreviewIdentity } from "../foundation/sharedWithPreviews.ts";
import { usualBase } from "../foundation/usualBase.ts";

/** As much as the name of a host, or of a repository, may have. */
const longest = 255;
const text: Form<string> = {
  schema: z.string().min(1).max(512),
  rule: "a text",
  example: "shop/deals",
};
const password: Form<string> = { schema: z.string().min(1), rule: "a text" };
const host: Form<string> = {
  schema: z.string().max(longest).regex(registryPattern),
  rule: "a host, with a port if it needs one",
  example: "registry.example.com:5000",
};
const repository: Form<string> = {
  schema: z.string().max(longest).regex(repositoryPattern),
  rule: "a registry's host and a path in lower case",
  example: "registry.example.com/shop/deals",
};
const names: Form<string[]> = {
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

const yesOrNo: Form<boolean> = {
  schema: z.enum(["true", "false"]).transform((word) => word === "true"),
  rule: "true or false",
};

const resources = z.strictObject({
  cpu: z.string(),
  memory: z.string(),
  ephemeralStorage: z.string().exactOptional(),
});

/** How much of a service one environment has, in place of what the program says of all; the service's rules say more. */
const scale = z.strictObject({
  replicas: z.int().positive().exactOptional(),
  autoscaling: z.strictObject({ min: z.int(), max: z.int(), cpuPercent: z.int() }).exactOptional(),
  requests: resources.exactOptional(),
  limits: resources.exactOptional(),
  gracePeriodSeconds: z.int().positive().exactOptional(),
  liveness: z.strictObject({ path: z.string(), port: z.string().exactOptional() }).exactOptional(),
});

const volume = z.strictObject({
  size: z.string(),
  storageClass: z.string().exactOptional(),
  path: z.string().exactOptional(),
});

const secretRef = z.strictObject({ secret: z.string(), key: z.string() });

const external = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(new RegExp(`^${subdomain}$`)),
  port: z.int().min(1).max(65_535).exactOptional(),
  password: secretRef.exactOptional(),
  cidr: z.string().exactOptional(),
});

/** All settings. */
export const rules = {
  kind: {
    ...oneOf<EnvironmentKind | "image">([...Object.values(EnvironmentKind), "image"]),
    example: "preview",
  },
  project: projectForm,
  ref: refForm,
  commit: commitForm,
  cluster: { ...text, example: "the context that dynenv env names after the cluster" },
  previewIdentity: { ...text, example: usualPreviewIdentity },
  sharedWithPreviews: {
    schema: z.literal(sharedWords),
    rule: "words that say what is shared",
    example: sharedWords,
  },
  scale: {
    schema: json.pipe(mapping(z.string(), scale)),
    rule: "an object from service to replicas or autoscaling, requests, limits, gracePeriodSeconds and liveness",
    example: '{"deals": {"replicas": 3}}',
  },
  lock: {
    schema: z.string().min(1).max(4096),
    rule: "path of a lock, relative to the program",
    example: "../releases/1.4.0.lock.json",
  },
  volumes: {
    schema: json.pipe(mapping(z.string(), volume)),
    rule: "an object from service to size, storageClass and path",
    example: '{"postgres": {"size": "10Gi"}}',
  },
  external: {
    schema: json.pipe(mapping(z.string(), external)),
    rule: "an object from service to host, port, password and cidr",
    example: '{"postgres": {"host": "db.example.com", "password": {"secret": "db", "key": "password"}}}',
  },
  secretRefs: {
    schema: json.pipe(mapping(z.string(), secretRef)),
    rule: "an object from variable to secret and key",
    example: '{"API_KEY": {"secret": "shop-keys", "key": "api"}}',
  },
  mergeRequest: mergeRequestForm,
  images: {
    schema: json.pipe(mapping(z.string(), imageForm.schema)),
    rule: "a JSON object from service to a reference by digest",
    example: `{"deals": "registry.example.com/shop/deals@sha256:${"0".repeat(64)}"}`,
  },
  baseImage: {
    schema: z.string().max(longest).regex(imagePattern),
    rule: "an image reference",
    example: usualBase,
  },
  imageRepository: repository,
  registry: host,
  registryUser: { ...text, example: "gitlab-ci-token" },
  registryPassword: { ...password, example: "a token that may push" },
  pullUser: { ...text, example: "gitlab-deploy-token" },
  pullPassword: { ...password, example: "a token that may pull" },
  pullLogins: {
    schema: z.string().refine(hasLogins),
    rule: "a Docker configuration with logins",
    example: '{"auths": {"ghcr.io": {"auth": "USER:PASSWORD in base64"}}}',
  },
  functions: names,
  services: { ...names, example: "user,session-db" },
  trust: { ...trustForm, example: "fork" },
  ttl: { ...ttlForm, example: "4h" },
  deployedAt: deployedAtForm(() => new Date()),
  cap: {
    schema: json.pipe(
      z
        .strictObject({
          pods: z.int().positive(),
          cpu: z.string(),
          memory: z.string(),
          ephemeralStorage: z.string(),
        })
        .partial() as z.ZodType<ResourceCap>,
    ),
    rule: "a JSON object of pods, cpu, memory and ephemeralStorage",
    example: '{"pods": 30, "cpu": "16", "memory": "16Gi"}',
  },
  nodeSelector: {
    schema: json.pipe(mapping(z.string(), z.string())),
    rule: "a JSON object from label to value",
    example: '{"pool": "previews"}',
  },
  imagePrefix: prefixForm,
  standIns: {
    schema: json.pipe(mapping(z.string(), digestForm.schema)),
    rule: "a JSON object from repository:tag to digest",
    example: `{"weaveworksdemos/catalogue:0.3.5": "sha256:${"0".repeat(64)}"}`,
  },
  domain: {
    schema: z
      .string()
      .max(195)
      .regex(new RegExp(`^${subdomain}(:[1-9]\\d{0,4})?$`))
      .transform((address) => {
        const [domain = "", port] = address.split(":");
        return { domain, ...(port !== undefined && { port: Number(port) }) };
      }),
    rule: "a domain, with a port if it needs one",
    example: "previews.example.com",
  },
  gateway: {
    schema: z.string().regex(gatewayNamePattern),
    rule: "namespace and name of a Gateway",
    example: "gateway/previews",
  },
  ingressClass: { ...text, example: "traefik" },
  tls: yesOrNo,
  exposeForks: yesOrNo,
  gatewayPods: {
    schema: json.pipe(
      z.strictObject({
        namespace: z.string(),
        labels: mapping(z.string(), z.string()).optional(),
      }) as z.ZodType<GatewayPods>,
    ),
    rule: "a JSON object of namespace and labels",
    example: '{"namespace": "traefik", "labels": {"app.kubernetes.io/name": "traefik"}}',
  },
  gatewayAddress: {
    schema: json.pipe(
      z.strictObject({
        host: z.string(),
        port: z.int(),
        podPort: z.int().optional(),
      }) as z.ZodType<GatewayAddress>,
    ),
    rule: "a JSON object of host, port and podPort",
    example: '{"host": "traefik.traefik.svc", "port": 443, "podPort": 8443}',
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
} satisfies Record<string, Form>;
