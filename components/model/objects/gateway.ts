import { z } from "zod";
import { text, wholeNumber } from "../graph/demands.ts";
import { refusalWithin } from "../rules/form.ts";
import { labelKeyPattern, labelValuePattern, subdomain, subdomainPart } from "../rules/labelPatterns.ts";
import { mapping } from "../rules/mapping.ts";

/** Pods of the cluster's gateway. */
export interface GatewayPods {
  /** Namespace that they run in, such as `traefik`. */
  namespace: string;
  /** Labels of them. Default: `{}`, all pods of the namespace. */
  labels?: Record<string, string>;
}

/** Where pods of the cluster reach the gateway. */
export interface GatewayAddress {
  /** Name or address of its Service, such as `traefik.traefik.svc`. */
  host: string;
  /** Port of its Service. */
  port: number;
  /** Port that its pods listen on, which is what network policies see. Default: `port`. */
  podPort?: number;
}

/** The cluster's gateway, by which the services that are `exposed` are called from outside. */
export interface Gateway {
  /** Domain whose names all lead to the gateway, such as `previews.example.com`: each environment has its host below it. */
  domain: string;
  /** The Gateway that routes attach to, `namespace/name`. Default: none, `ingressClass` is given. */
  name?: string;
  /** Class of the Ingresses, in clusters without the Gateway API. Default: none, `name` is given. */
  ingressClass?: string;
  /** Whether addresses begin with `https`: the certificate is the gateway's own, for all names of the domain. Default: `true`. */
  tls?: boolean;
  /** Port that people call. Default: `443`; without TLS `80`. */
  port?: number;
  /** Its pods, which may call the services that are exposed. */
  pods: GatewayPods;
  /** Whether it leads to environments with trust `fork`, too. Default: `false`. */
  exposeForks?: boolean;
  /** Where it is asked whether each address answers, before the environment counts as ready. Default: it is not asked. */
  inside?: GatewayAddress;
}

const label = new RegExp(`^(?=.{1,63}$)${subdomainPart}$`);
/** Namespace and name of a Gateway: a DNS label, and a DNS subdomain. */
export const gatewayNamePattern = new RegExp(`^(?=[^/]{1,63}/)${subdomainPart}/(?=.{1,253}$)${subdomain}$`);
/** The label of a namespace before it, with the dot, may have 64 characters of the 253 of a host. */
const domain = new RegExp(`^(?=.{1,189}$)${subdomain}$`);
const port = wholeNumber(1, 65535, 443);
const must = "an object of domain, name and pods";

const shape = {
  domain: text(domain, "a domain of at most 189 characters in lower case, such as previews.example.com"),
  name: text(gatewayNamePattern, "namespace and name of a Gateway, such as gateway/previews").optional(),
  ingressClass: text(
    new RegExp(`^(?=.{1,253}$)${subdomain}$`),
    "the name of a class of Ingresses, such as traefik",
  ).optional(),
  tls: z.boolean("true or false").optional(),
  port: port.optional(),
  exposeForks: z.boolean("true or false").optional(),
  pods: z.strictObject(
    {
      namespace: text(label, "a DNS label, such as traefik"),
      labels: mapping(
        text(labelKeyPattern, "the name of a label, such as app.kubernetes.io/name"),
        text(labelValuePattern, "the value of a label, such as traefik"),
        'an object from label to value, such as {"app.kubernetes.io/name": "traefik"}',
      ).optional(),
    },
    'an object of namespace and labels, such as {"namespace": "traefik"}',
  ),
  inside: z
    .strictObject(
      {
        host: text(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "a host, such as traefik.traefik.svc"),
        port,
        podPort: port.optional(),
      },
      'an object of host and port, such as {"host": "traefik.traefik.svc", "port": 443}',
    )
    .optional(),
};

const gateway = z.strictObject(shape, must);

/** @throws when something of the gateway is wrong, or it is neither a Gateway nor a class of Ingresses, or both. */
export function checkGateway(argument: string, given: Gateway): void {
  const { error } = gateway.safeParse(given);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) {
    const where = [argument, ...issue.path.map(String)].join(".");
    const known: Record<string, string[]> = {
      pods: ["namespace", "labels"],
      inside: ["host", "port", "podPort"],
    };
    throw new Error(refusalWithin(given, issue, where, known[String(issue.path[0])] ?? Object.keys(shape)));
  }
  if ((given.name === undefined) === (given.ingressClass === undefined))
    throw new Error(
      `give either ${argument}.name, such as gateway/previews, or ${argument}.ingressClass, such as traefik`,
    );
}
