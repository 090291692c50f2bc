import type { TokenAttack } from "./tokenAttacks.ts";

const gatewayApi = "gateway.networking.k8s.io";
const backend = { service: { name: "attacked", port: { number: 80 } } };
const http = { paths: [{ path: "/", pathType: "Prefix", backend }] };

/** Ways to take the addresses of others, by what an environment may make. */
export function onAddresses(environment: string, dry: string): TokenAttack[] {
  const own = `${environment}.previews.example.com`;
  const foreign: [string, string][] = [
    ["another environment's host", "env-other.previews.example.com"],
    ["the host of another one's service", "web--env-other.previews.example.com"],
    ["a host that its own only begins", `${environment}-2.previews.example.com`],
    ["a host that its own only ends", `x${environment}.previews.example.com`],
    ["the domain's own host", "previews.example.com"],
    ["a host whose second label is its own", `web.${own}`],
    ["all hosts of the domain", "*.previews.example.com"],
  ];
  const routes: [string, object][] = [
    ...foreign.map(([what, host]): [string, object] => [what, { hostnames: [host] }]),
    ["no host, which is all of them", {}],
    ["an empty list of hosts", { hostnames: [] }],
    ["another host beside its own", { hostnames: [own, "env-other.previews.example.com"] }],
    [
      "calls within the cluster",
      { hostnames: [own], parentRefs: [{ group: "", kind: "Service", name: "attacked" }] },
    ],
  ];
  const ingresses: [string, object, object?][] = [
    ...foreign.map(([what, host]): [string, object] => [what, { rules: [{ host, http }] }]),
    ["no host, which is all of them", { rules: [{ http }] }],
    ["whatever no other takes", { defaultBackend: backend }],
    ["whatever no other takes, beside its own", { rules: [{ host: own, http }], defaultBackend: backend }],
    [
      "another host beside its own",
      {
        rules: [
          { host: own, http },
          { host: "env-other.example.com", http },
        ],
      },
    ],
    [
      "a certificate of another host",
      { rules: [{ host: own, http }], tls: [{ hosts: ["env-other.example.com"], secretName: "attacked" }] },
    ],
    ["a certificate of every host", { rules: [{ host: own, http }], tls: [{ secretName: "attacked" }] }],
    [
      "another host by an annotation",
      { rules: [{ host: own, http }] },
      { "nginx.ingress.kubernetes.io/server-alias": "env-other.example.com" },
    ],
  ];
  const listener = { name: "attack", port: 80, protocol: "HTTP" };
  const parent = { name: "previews", namespace: "gateway" };
  const from = [{ group: gatewayApi, kind: "HTTPRoute", namespace: "env-other" }];
  const grant = { from, to: [{ group: "", kind: "Service" }] };
  const others: [string, string, object][] = [
    ["Gateway", "a gateway of its own", { gatewayClassName: "traefik", listeners: [listener] }],
    ["ReferenceGrant", "a grant for the routes of others", grant],
  ];
  const made = (what: string, object: object, annotations: object = {}): TokenAttack => ({
    what,
    args: ["create", dry, "-f", "-"],
    input: { ...object, metadata: { name: "attack", namespace: environment, annotations } },
  });
  return [
    ...routes.map(([what, spec]) =>
      made(`an HTTPRoute for ${what}`, {
        apiVersion: `${gatewayApi}/v1`,
        kind: "HTTPRoute",
        spec: { parentRefs: [parent], ...spec },
      }),
    ),
    ...ingresses.map(([what, spec, annotations]) =>
      made(
        `an Ingress for ${what}`,
        { apiVersion: "networking.k8s.io/v1", kind: "Ingress", spec },
        annotations,
      ),
    ),
    ...others.map(([kind, what, spec]) =>
      made(what, { apiVersion: `${gatewayApi}/${kind === "Gateway" ? "v1" : "v1beta1"}`, kind, spec }),
    ),
  ];
}
