import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { checkCompanions, companionMust, companionOf, companionsMust } from "./companionRules.ts";
import { text, wholeNumber } from "./demands.ts";
import { checkExposure, exposure } from "./exposure.ts";
import { mustBe, placeWithin, refusalWithin, valueAt } from "../rules/form.ts";
import { checkFiles, files, seedFolder } from "./fileRules.ts";
import { folderPattern, isWithin } from "./folders.ts";
import { checkGives } from "./gives.ts";
import { digestForm, digestPattern, pathPattern, repositoryPattern, tagPattern } from "../rules/imageName.ts";
import { mapping } from "../rules/mapping.ts";
import { checkPorts, containerPort, furtherPort, port, ports } from "./portRules.ts";
import { checkLiveness, checkProbe, liveness, livenessMust, probeMust, probeOf } from "./probeRules.ts";
import { autoscaling, autoscalingMust, checkReplicas } from "./replicas.ts";
import { checkResources, resources, statedResources } from "./resourceRules.ts";
import { secretRef, secretRefs } from "./secretRefs.ts";
import type { CatalogueService, Service } from "./service.ts";
import { checkServiceJobs, serviceJobs, task } from "./serviceJobs.ts";
import { checkArguments, checkContents, checkVariables } from "../rules/size.ts";
import { named, shown } from "../rules/shown.ts";
import { checkVolume, volume, volumeMust } from "./volume.ts";
import { writablePath, writablePaths } from "./writablePath.ts";

/** What containers take as the name of an environment variable. */
export const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

// A Service's name begins with a letter (RFC 1035), unlike most other names in Kubernetes.
const name = text(
  /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "a DNS label with a letter first, such as catalogue-db",
);
const names = z.array(name, 'a list of names of services, such as ["catalogue"]');
const path = text(/^\/\S*$/, "a path that begins with /, such as /health");
const anyText = z.string("a text, such as hello");
const words = z.array(anyText, 'a list of texts, such as ["node", "server.js"]');
const command = words.min(1, 'a list of at least one text, such as ["node", "server.js"]');
const variable = text(variablePattern, "the name of a variable, such as LOG_LEVEL");
const environment = mapping(
  variable,
  anyText,
  'an object from variable to value, such as {"LOG_LEVEL": "info"}',
);
const yesOrNo = z.boolean("true or false");
const optionalUse = { service: name, environment: environment.optional() };
const destination = { cidr: cidr(), port };
// As the keys of a ConfigMap.
const fileName = text(/^(?!\.\.|\.$)[-._A-Za-z0-9]{1,253}$/, "a file's name, such as data.sql");
const seed = {
  command,
  files: mapping(fileName, anyText, 'an object from file to content, such as {"data.sql": "..."}').optional(),
};
const probe = probeOf(command);
const live = liveness(path);
const withVolume = { args: words.optional(), environment: environment.optional() };
const companion = companionOf({
  ...{ command: command.optional(), args: words.optional(), environment: environment.optional() },
  ...{ requests: statedResources, limits: statedResources },
});
const companions = z.array(z.strictObject(companion, companionMust), companionsMust).optional();
const repositoryMust = "a repository, such as weaveworksdemos/catalogue";
const image = {
  repository: z
    .string(repositoryMust)
    .refine((given) => pathPattern.test(given) || repositoryPattern.test(given), repositoryMust),
  tag: text(tagPattern, "a tag, such as 0.3.5"),
  digest: text(digestPattern, mustBe(digestForm)).optional(),
};

const shape: Record<keyof CatalogueService, z.ZodType> = {
  name,
  port: port.optional(),
  containerPort: containerPort.optional(),
  ports: ports.optional(),
  healthPath: path.optional(),
  commitPath: path.optional(),
  healthPort: z.string("the name of one of its ports, such as health").optional(),
  probe: z.strictObject(probe, probeMust).optional(),
  liveness: z.strictObject(live, livenessMust).optional(),
  startsWithinSeconds: wholeNumber(1, 3600, 60).optional(),
  uses: names.optional(),
  optionalUses: z
    .array(
      z.strictObject(optionalUse, 'an object with the name of a service, such as {"service": "session-db"}'),
      'a list of optional uses, such as [{"service": "session-db"}]',
    )
    .optional(),
  exposed: yesOrNo.optional(),
  exposure: z.strictObject(exposure, 'an object of path and port, such as {"path": "/api"}').optional(),
  egress: z
    .array(
      z.strictObject(
        destination,
        'an object of cidr and port, such as {"cidr": "203.0.113.0/24", "port": 443}',
      ),
      'a list of destinations, such as [{"cidr": "203.0.113.0/24", "port": 443}]',
    )
    .optional(),
  command: command.optional(),
  args: words.optional(),
  environment: environment.optional(),
  passwords: mapping(
    variable,
    name,
    'an object from variable to service, such as {"DB_PASSWORD": "catalogue-db"}',
  ).optional(),
  secretRefs: secretRefs(variable).optional(),
  gives: mapping(
    variable,
    anyText,
    'an object from variable to text, such as {"DATABASE_URL": "postgres://app:$(PASSWORD)@$(ADDRESS)/app"}',
  ).optional(),
  files: files.optional(),
  workingDirectory: text(folderPattern, "an absolute path, such as /app").optional(),
  writablePaths: writablePaths.optional(),
  readOnlyRootFilesystem: yesOrNo.optional(),
  user: wholeNumber(0, 2 ** 31 - 1, 10001).optional(),
  capabilities: z
    .array(
      z.literal("NET_BIND_SERVICE", "NET_BIND_SERVICE, the only one permitted"),
      'a list of capabilities, such as ["NET_BIND_SERVICE"]',
    )
    .optional(),
  replicas: wholeNumber(1, 100, 2).optional(),
  autoscaling: z.strictObject(autoscaling, autoscalingMust).optional(),
  volume: z.strictObject(volume, volumeMust).optional(),
  withVolume: z
    .strictObject(withVolume, 'an object of args and environment, such as {"args": ["-c", "fsync=on"]}')
    .optional(),
  gracePeriodSeconds: wholeNumber(1, 3600, 30).optional(),
  requests: statedResources,
  limits: statedResources,
  initContainers: companions,
  sidecars: companions,
  seed: z
    .strictObject(seed, 'an object with a command, such as {"command": ["sh", "/seed/load.sh"]}')
    .optional(),
  ...serviceJobs(command),
  image: z
    .strictObject(image, "an object of repository, tag and perhaps digest, such as those of Sock Shop")
    .optional(),
};
/** What a service must be. */
export const serviceMust = 'an object with at least a name, such as {"name": "worker"}';
const service = z.strictObject(shape, serviceMust);

/** Keys of the objects within a service, by the key that holds them. */
const keysWithin: Record<string, object> = {
  ports: furtherPort,
  probe,
  liveness: live,
  autoscaling,
  volume,
  withVolume,
  secretRefs: secretRef,
  requests: resources,
  limits: resources,
  optionalUses: optionalUse,
  egress: destination,
  initContainers: companion,
  sidecars: companion,
  seed,
  tasks: task(command),
  image,
  exposure,
};

/**
 * @param list how the list is called, or the argument that is a service of its own.
 * @throws one sentence about the first service that is wrong: the argument, the value, the rule, a valid example.
 */
export function checkServices(services: Service[], list = "services"): void {
  const issue = z.array(service, "a list of services, such as []").safeParse(services).error?.issues[0];
  if (issue !== undefined) throw new Error(sentence(services, issue, list));
  for (const one of services) {
    checkResources(one, (argument) => `${argument} of service ${shown(one.name)}`);
    checkCompanions(one);
    checkPorts(one);
    checkExposure(one);
    checkProbe(one);
    checkLiveness(one);
    checkReplicas(one);
    checkVolume(one);
    checkGives(one);
    checkFiles(one, { files: one.files });
    checkServiceJobs(one);
    checkTexts(one);
  }
}

function checkTexts({
  name,
  writablePaths = [],
  seed,
  environment = {},
  passwords = {},
  command,
  args,
  withVolume = {},
}: Service): void {
  checkContents(`seed.files of service ${shown(name)}`, seed?.files);
  checkVariables(`the variables of service ${shown(name)}`, environment);
  checkArguments(`command of service ${shown(name)}`, command);
  checkArguments(`args of service ${shown(name)}`, args);
  checkVariables(`withVolume.environment of service ${shown(name)}`, withVolume.environment);
  checkArguments(`withVolume.args of service ${shown(name)}`, withVolume.args);
  checkArguments(`seed.command of service ${shown(name)}`, seed?.command);
  const overSeed = writablePaths.find((stated) => isWithin(writablePath(stated).path, seedFolder));
  if (seed?.files && overSeed !== undefined)
    throw new Error(
      `writablePaths of service ${shown(name)} names ${named(overSeed)}, where its seed's files are: write to another folder, such as /tmp`,
    );
  const twice = Object.keys(environment).find((variable) => Object.hasOwn(passwords, variable));
  if (twice !== undefined)
    throw new Error(
      `variable ${twice} of service ${shown(name)} is a text and a password: name it in one of the two`,
    );
}

function sentence(services: unknown, issue: z.core.$ZodIssue, list: string): string {
  const where = argument(services, issue.path, list);
  const [, field] = issue.path;
  const within = keysWithin[String(field)];
  return refusalWithin(services, issue, where, Object.keys(within ?? shape));
}

/** `port of service "deals"`, or `services[2].name` where that is what is wrong. */
function argument(services: unknown, [index, ...path]: PropertyKey[], list: string): string {
  const field = placeWithin(path);
  const name = index === undefined ? undefined : valueAt(services, [index, "name"]);
  if (typeof name !== "string" || name === "" || path[0] === "name") {
    const place = index === undefined || list !== "services" ? list : `${list}[${String(index)}]`;
    return `${place}${field}`;
  }
  const service = `service ${shown(name)}`;
  return field === "" ? service : `${field.replace(/^\./, "")} of ${service}`;
}

/** A network as the API server takes it: no bits beside the prefix, and no IPv4 address in the form of IPv6. */
function cidr() {
  const must = "a network with a prefix length, such as 203.0.113.0/24 or 2001:db8::/32";
  return z.string(must).refine((value) => {
    const [address = "", prefix = "", ...rest] = value.split("/");
    const isWellFormed = isIP(address) !== 0 && !address.includes("%") && /^(0|[1-9]\d{0,2})$/.test(prefix);
    if (!isWellFormed || rest.length > 0 || !ipaddr.isValidCIDR(value)) return false;
    const parsed = ipaddr.parse(address);
    if (parsed instanceof ipaddr.IPv6)
      return !parsed.isIPv4MappedAddress() && isSame(parsed, ipaddr.IPv6.networkAddressFromCIDR(value));
    return isSame(parsed, ipaddr.IPv4.networkAddressFromCIDR(value));
  }, must);
}

function isSame(one: ipaddr.IPv4 | ipaddr.IPv6, other: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return one.toNormalizedString() === other.toNormalizedString();
}
