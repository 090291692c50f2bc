import { addressOf, holds, rangeOf } from "./addressRange.ts";
import {
  templateOf,
  titleOf,
  valuesOf,
  type KubernetesObject,
  type PodTemplate,
} from "./kubernetesObjects.ts";

/** What a rule finds wrong: a line for each. */
type Rule = (objects: KubernetesObject[]) => string[];

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** The only form of a name that begins with a letter, RFC 1035's. */
const serviceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const markKey = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;
const dataKey = /^[-._a-zA-Z0-9]{1,253}$/;

/** The forms of names, by kind; of a CronJob's name eleven characters go to its Jobs. */
const nameForms: Record<string, RegExp> = {
  Namespace: label,
  Service: serviceName,
  Job: label,
  CronJob: /^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/,
};

const names: Rule = (objects) => [
  ...objects.filter(({ kind, name }) => !(nameForms[kind] ?? subdomain).test(name)).map(titleOf),
  ...twice(objects.map(titleOf)),
];

const marks: Rule = (objects) =>
  [
    ...objects.map((object) => ({ where: titleOf(object), ...object.metadata })),
    ...pods(objects).map(({ where, template }) => ({ where, ...template.metadata })),
  ].flatMap(({ where, labels = {}, annotations = {} }) => [
    ...[...Object.keys(labels), ...Object.keys(annotations)]
      .filter((key) => !markKey.test(key))
      .map((key) => `${where}: ${key}`),
    ...Object.values(labels)
      .filter((value) => !labelValue.test(value))
      .map((value) => `${where}: ${value}`),
  ]);

const containers: Rule = (objects) =>
  pods(objects).flatMap(({ where, template }) =>
    template.spec.containers.flatMap(({ name, env = [], volumeMounts = [] }) => [
      ...(label.test(name) ? [] : [`${where}: container ${name}`]),
      ...env.filter((one) => !variable.test(one.name)).map((one) => `${where}: variable ${one.name}`),
      ...twice(env.map((one) => `${where}: variable ${one.name}`)),
      ...twice(volumeMounts.map(({ mountPath }) => `${where}: mount ${mountPath}`)),
    ]),
  );

const volumes: Rule = (objects) =>
  pods(objects).flatMap(({ where, template: { spec } }) => {
    const there = (spec.volumes ?? []).map(({ name }) => name);
    const mounted = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
    return [
      ...there.filter((name) => !label.test(name) || !mounted.includes(name)),
      ...mounted.filter((name) => !there.includes(name)),
      ...twice(there),
    ].map((name) => `${where}: volume ${name}`);
  });

/** A selector that selects nothing is a rule that says nothing. */
const selectors: Rule = (objects) => {
  const labels = pods(objects).map(({ where, template }) => ({ where, labels: template.metadata.labels }));
  const selected = (selector: Record<string, string>) =>
    labels.filter((pod) => Object.entries(selector).every(([key, value]) => pod.labels[key] === value));
  return objects.flatMap((object) => {
    const { spec } = object.content as { spec?: Record<string, unknown> };
    if (object.kind === "NetworkPolicy")
      return peersWithin(spec)
        .filter((selector) => selected(selector).length === 0)
        .map((selector) => `${titleOf(object)} selects nothing: ${JSON.stringify(selector)}`);
    const own = `Deployment/${object.name}`;
    const selector = {
      Service: spec?.selector,
      Deployment: (spec?.selector as Matching | undefined)?.matchLabels,
    };
    const asked = selector[object.kind as "Service" | "Deployment"] as Record<string, string> | undefined;
    if (asked === undefined) return [];
    const found = selected(asked).map(({ where }) => where);
    if (isOfRevisions(object)) {
      const missed = objects.filter(
        (other) => other.kind === "Deployment" && !found.includes(titleOf(other)),
      );
      return missed.map((other) => `${titleOf(object)} does not select ${titleOf(other)}`);
    }
    // A Deployment takes no pod that another controller has, whatever its labels; a Service leads to any.
    const taken = object.kind === "Service" ? found : found.filter((where) => !isOfJobOf(where, object));
    return taken.join() === own ? [] : [`${titleOf(object)} selects ${found.join()}`];
  });
};

/** Whether it is a Job that works for a service. */
function isOfJobOf(where: string, { name }: KubernetesObject): boolean {
  return where.startsWith("CronJob/task-") || where.startsWith(`Job/${name.slice(0, 43)}-before-`);
}

/** The Service by which the readiness Job reaches each service's newest pods alone: by the name of their port. */
function isOfRevisions({ kind, name }: KubernetesObject): boolean {
  return kind === "Service" && /^readiness-[a-z0-9]{12}$/.test(name);
}

interface Matching {
  matchLabels?: Record<string, string>;
}

/** Selectors of pods of the policy's own namespace. */
function peersWithin(spec: unknown): Record<string, string>[] {
  const peers = [...valuesOf(spec, "from"), ...valuesOf(spec, "to")].flat() as Record<string, Matching>[];
  const own = peers.filter((peer) => peer.namespaceSelector === undefined).map((peer) => peer.podSelector);
  return [(spec as { podSelector: Matching }).podSelector, ...own].flatMap((selector) =>
    selector?.matchLabels === undefined ? [] : [selector.matchLabels],
  );
}

const references: Rule = (objects) => {
  const titles = objects.map(titleOf);
  const keys = (title: string) => {
    const content = objects.find((object) => titleOf(object) === title)?.content;
    return Object.keys(content?.stringData ?? content?.data ?? {});
  };
  return objects.flatMap((object) => {
    const template = templateOf(object);
    const asked = [
      ...valuesOf(object.content, "secretRef").map((one) => named("Secret", one)),
      ...valuesOf(object.content, "configMapRef").map((one) => named("ConfigMap", one)),
      ...valuesOf(object.content, "configMap").map((one) => named("ConfigMap", one)),
      ...valuesOf(object.content, "secretName").map((one) => named("Secret", { name: one })),
      ...valuesOf(object.content, "imagePullSecrets").flatMap((all) =>
        (all as object[]).map((one) => named("Secret", one)),
      ),
      ...(template === undefined ? [] : [`ServiceAccount/${template.spec.serviceAccountName}`]),
    ];
    const missing = asked.filter((title) => !titles.includes(title));
    const wrongKeys = valuesOf(object.content, "secretKeyRef").filter(
      (one) => !keys(named("Secret", one)).includes((one as { key: string }).key),
    );
    const held = (template?.spec.volumes ?? []).map(({ name, configMap, secret }) => ({
      name,
      keys: configMap ? keys(named("ConfigMap", configMap)) : keys(`Secret/${secret?.secretName ?? ""}`),
    }));
    const mounts = template?.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts) ?? [];
    const wrongPaths = mounts.filter(
      ({ name, subPath }) =>
        subPath !== undefined &&
        !held.some((volume) => volume.name === name && volume.keys.includes(subPath)),
    );
    return [...missing, ...[...wrongKeys, ...wrongPaths].map((one) => JSON.stringify(one))].map(
      (what) => `${titleOf(object)}: ${what}`,
    );
  });
};

const data: Rule = (objects) =>
  objects.flatMap((object) => {
    const { data: open = {}, stringData = {} } = object.content as Record<string, Record<string, unknown>>;
    const entries = Object.entries({ ...open, ...stringData });
    return entries
      .filter(([key, value]) => !dataKey.test(key) || typeof value !== "string")
      .map(([key]) => `${titleOf(object)}: ${key}`);
  });

const ports: Rule = (objects) => [...portsOfRevisions(objects), ...portsOfServices(objects)];

/** Each port leads to the pods of one Deployment, and of no two ports to those of the same. */
function portsOfRevisions(objects: KubernetesObject[]): string[] {
  const names = objects
    .filter(({ kind }) => kind === "Deployment")
    .flatMap((deployment) => templateOf(deployment)?.spec.containers ?? [])
    .flatMap((container) => container.ports?.map(({ name }) => name) ?? []);
  return objects.filter(isOfRevisions).flatMap((service) => {
    const targets = valuesOf(service.content, "targetPort") as string[];
    const wrong = targets.filter((target) => names.filter((name) => name === target).length !== 1);
    return [...twice(targets), ...wrong].map((target) => `${titleOf(service)}: ${target}`);
  });
}

/** A Service leads to each port of its pods, and to no other; pods without a port have none. */
const portsOfServices: Rule = (objects) =>
  objects
    .filter(({ kind }) => kind === "Deployment")
    .flatMap((deployment) => {
      const [container] = templateOf(deployment)?.spec.containers ?? [];
      const service = objects.find(({ kind, name }) => kind === "Service" && name === deployment.name);
      const led = ((service?.content.spec as { ports?: ServicePort[] } | undefined)?.ports ?? []).map(
        ({ targetPort, protocol = "TCP" }) => `${protocol} ${String(targetPort)}`,
      );
      const open = (container?.ports ?? []).map(
        ({ containerPort, protocol = "TCP" }) => `${protocol} ${String(containerPort)}`,
      );
      const isSame = [...new Set(led)].sort().join() === open.toSorted().join();
      const isThere = (service === undefined) === (open.length === 0);
      return isSame && isThere ? [] : [`${titleOf(deployment)}: ${led.join()} for ${open.join()}`];
    });

interface ServicePort {
  targetPort: number;
  protocol?: string;
}

/** Go, with which Kubernetes compares, takes an IPv4 address in the form of IPv6 for one of IPv4. */
const mapped = rangeOf("::ffff:0:0/96");

const blocks: Rule = (objects) =>
  objects.flatMap((object) =>
    (valuesOf(object.content, "ipBlock") as { cidr: string; except?: string[] }[]).flatMap(
      ({ cidr, except = [] }) => {
        const outer = rangeOf(cidr);
        const isWithin = (text: string) => {
          const inner = rangeOf(text);
          return holds(outer, inner) && !holds(inner, outer);
        };
        const outside = except.filter((text) => !isWithin(text)).map((text) => `except ${text} of ${cidr}`);
        const wrong = [cidr, ...except].filter((text) => !isNetwork(text));
        return [...wrong, ...outside].map((line) => `${titleOf(object)}: ${line}`);
      },
    ),
  );

function isNetwork(cidr: string): boolean {
  const range = rangeOf(cidr);
  return range.first === addressOf(cidr.replace(/\/.*$/, "")).first && !holds(mapped, range);
}

/** What the API server demands of objects, and what must hold among them. */
export const rules: Record<string, Rule> = {
  names,
  marks,
  containers,
  volumes,
  selectors,
  references,
  data,
  ports,
  blocks,
};

function pods(objects: KubernetesObject[]): { where: string; template: PodTemplate }[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    return template === undefined ? [] : [{ where: titleOf(object), template }];
  });
}

function named(kind: string, reference: unknown): string {
  return `${kind}/${(reference as { name: string }).name}`;
}

function twice(texts: string[]): string[] {
  return texts.filter((text, index) => texts.indexOf(text) < index).map((text) => `twice: ${text}`);
}
