import { isIP } from "node:net";
import { z } from "zod";
import { parseCpu, parseMemory } from "./quantities.ts";
import type { Service } from "./service.ts";
import { suggestion } from "./suggestion.ts";

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const name = text(label, "a DNS label, such as catalogue-db");
const names = z.array(name, "a list of names of services");
const port = wholeNumber(1, 65535, 80);
const path = text(/^\/\S*$/, "a path that begins with /, such as /health");
const folder = text(/^(\/[^/\s:]+)+$/, "an absolute path, such as /var/lib/data");
const words = z.array(z.string("a text"), 'a list of texts, such as ["node", "server.js"]');
const variable = text(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of a variable, such as LOG_LEVEL");
const environment = z.record(variable, z.string("a text"), "an object from variable to value");
const resources = z.strictObject(
  {
    cpu: quantity(parseCpu, "a CPU quantity above zero, such as 250m or 1.5"),
    memory: quantity(parseMemory, "a memory quantity above zero, such as 128Mi or 1Gi"),
  },
  'an object of cpu and memory, such as {"cpu": "100m", "memory": "128Mi"}',
);
const softUse = z.strictObject(
  { service: name, environment: environment.optional() },
  'an object with the name of a service, such as {"service": "session-db"}',
);
const destination = z.strictObject(
  { cidr: cidr(), port },
  'an object of cidr and port, such as {"cidr": "203.0.113.0/24", "port": 443}',
);

const shape: Record<keyof Service, z.ZodType> = {
  name,
  port,
  // Below 1024 a process needs a privilege.
  containerPort: wholeNumber(1024, 65535, 8080),
  healthPath: path.optional(),
  commitPath: path.optional(),
  uses: names.optional(),
  softUses: z.array(softUse, "a list of soft uses").optional(),
  exposed: z.boolean("true or false").optional(),
  egress: z.array(destination, "a list of destinations").optional(),
  command: words.min(1, "at least one text").optional(),
  args: words.optional(),
  environment: environment.optional(),
  passwords: z.record(variable, name).optional(),
  writablePaths: z.array(folder).optional(),
  readOnlyRootFilesystem: z.boolean("true or false").optional(),
  user: wholeNumber(1, 2 ** 31 - 1, 10001).optional(),
  capabilities: z.array(z.literal("NET_BIND_SERVICE", "NET_BIND_SERVICE, the only one permitted")).optional(),
  replicas: wholeNumber(1, 100, 2).optional(),
  requests: resources,
  limits: resources,
  seed: z
    .strictObject({
      command: words.min(1, "at least one text"),
      files: z
        .record(text(/^[-._A-Za-z0-9]+$/, "a file's name, such as data.sql"), z.string("a text"))
        .optional(),
    })
    .optional(),
};
// A catalogue's services have an image as well, with rules of its own.
const service = z.strictObject({ ...shape, image: z.unknown().optional() });

const quantities = [
  ["cpu", parseCpu],
  ["memory", parseMemory],
] as const;

/** @throws one sentence about the first service that is wrong: the argument, the value, the rule, a valid example. */
export function checkServices(services: Service[]): void {
  const issue = z.array(service, "a list of services").safeParse(services).error?.issues[0];
  if (issue !== undefined) throw new Error(sentence(services, issue));
  for (const { name, requests, limits } of services) {
    for (const [kind, parse] of quantities) {
      if (parse(requests[kind]) <= parse(limits[kind])) continue;
      throw new Error(
        `requests.${kind} of service "${name}" is ${requests[kind]} but must be at most its limit, such as ${limits[kind]}`,
      );
    }
  }
}

function sentence(services: unknown, issue: z.core.$ZodIssue): string {
  const where = argument(services, issue.path);
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return `${where} has the unknown key ${key}: ${suggestion(key, Object.keys(shape))}`;
  }
  if (issue.code === "invalid_key")
    return `${where} must have as its key ${issue.issues[0]?.message ?? "another text"}`;
  const value = valueAt(services, issue.path);
  if (value === undefined) return `${where} is missing: it must be ${issue.message}`;
  return `${where} is ${JSON.stringify(value)} but must be ${issue.message}`;
}

/** `port of service "deals"`, or `services[2].name` where that is what is wrong. */
function argument(services: unknown, [index, ...path]: PropertyKey[]): string {
  const field = path
    .map((key) => (typeof key === "number" ? `[${String(key)}]` : `.${String(key)}`))
    .join("");
  const name = index === undefined ? undefined : valueAt(services, [index, "name"]);
  if (typeof name !== "string" || name === "" || path[0] === "name")
    return `services${index === undefined ? "" : `[${String(index)}]`}${field}`;
  return field === "" ? `service "${name}"` : `${field.replace(/^\./, "")} of service "${name}"`;
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function text(pattern: RegExp, must: string) {
  return z.string(must).regex(pattern, must);
}

function wholeNumber(min: number, max: number, example: number) {
  const must = `a whole number from ${String(min)} to ${String(max)}, such as ${String(example)}`;
  return z.int(must).min(min, must).max(max, must);
}

function quantity(parse: (text: string) => number, must: string) {
  return z.string(must).refine((value) => {
    try {
      return parse(value) > 0;
    } catch {
      return false;
    }
  }, must);
}

function cidr() {
  const must = "an address with a prefix length, such as 203.0.113.0/24";
  return z.string(must).refine((value) => {
    const [address = "", prefix = "", ...rest] = value.split("/");
    const family = isIP(address);
    const longest = family === 6 ? 128 : 32;
    return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
  }, must);
}
