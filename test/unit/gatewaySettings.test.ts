import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { checkGateway } from "../../components/model/objects/gateway.ts";
import { shown } from "../../components/model/rules/shown.ts";
import { readSettings } from "../../stacks/settings.ts";
import { configure, gatewayVariables, isolateSettings, required } from "./isolatedSettings.ts";

isolateSettings();

const pods = '{"namespace": "traefik", "labels": {"app.kubernetes.io/name": "traefik"}}';
const whole = { domain: "previews.example.com", gateway: "gateway/previews", gatewayPods: pods };
const plain = {
  ...{ domain: "previews.example.com", name: "gateway/previews", tls: true, exposeForks: false },
  pods: { namespace: "traefik", labels: { "app.kubernetes.io/name": "traefik" } },
};

function gatewayOf(settings: Record<string, string>) {
  configure({ ...required, ...settings });
  const { gateway } = readSettings();
  if (gateway !== undefined) checkGateway("gateway", gateway);
  return gateway;
}

describe("the gateway of the settings", () => {
  it("is none where none is set", () => {
    expect(gatewayOf({})).toBeUndefined();
    expect(gatewayOf({ gatewayPods: pods, tls: "false" })).toBeUndefined();
  });

  it.each<[string, Record<string, string>, object]>([
    ["a Gateway", {}, plain],
    ["with a port", { domain: "previews.example.com:8443" }, { ...plain, port: 8443 }],
    [
      "without TLS, for forks, too",
      { tls: "false", exposeForks: "true" },
      { ...plain, tls: false, exposeForks: true },
    ],
    [
      "of the longest name and namespace that there are",
      { gateway: `${"n".repeat(63)}/${"g".repeat(253)}` },
      { ...plain, name: `${"n".repeat(63)}/${"g".repeat(253)}` },
    ],
    [
      "with dots in its name",
      { gateway: "gateway/previews.example.com" },
      { ...plain, name: "gateway/previews.example.com" },
    ],
    [
      "with an address in the cluster",
      { gatewayAddress: '{"host": "traefik.traefik.svc", "port": 443, "podPort": 8443}' },
      { ...plain, inside: { host: "traefik.traefik.svc", port: 443, podPort: 8443 } },
    ],
  ])("is what they say: %s", (_what, more, gateway) => {
    expect(gatewayOf({ ...whole, ...more })).toEqual(gateway);
  });

  it("is a class of Ingresses where that is set", () => {
    const { gateway: _gateway, ...others } = whole;
    const { name: _name, ...rest } = plain;
    expect(gatewayOf({ ...others, ingressClass: "traefik" })).toEqual({ ...rest, ingressClass: "traefik" });
  });

  it("comes from the variables, which the configuration overrides", () => {
    const values = {
      ...{ domain: "ci.example.com:8080", gateway: "infra/ci", tls: "false", ingressClass: "" },
      ...{ gatewayPods: '{"namespace": "infra"}', gatewayAddress: '{"host": "gateway.infra", "port": 80}' },
    };
    for (const [key, variable] of Object.entries(gatewayVariables))
      vi.stubEnv(variable, ` ${values[key as keyof typeof values]}\n`);
    expect(gatewayOf({})).toEqual({
      ...{ domain: "ci.example.com", port: 8080, name: "infra/ci", tls: false, exposeForks: false },
      ...{ pods: { namespace: "infra" }, inside: { host: "gateway.infra", port: 80 } },
    });
    expect(gatewayOf({ ...whole, tls: "true" })).toMatchObject({
      ...plain,
      inside: { host: "gateway.infra" },
    });
  });
});

describe("a gateway of which a part is missing or wrong is one sentence", () => {
  const domainRule = "a domain, with a port if it needs one, such as previews.example.com";
  const ofPods = `a JSON object of namespace and labels, such as ${pods}`;
  const missing = (key: string, rule: string) =>
    `setting dynenv:${key} is missing: set it or the variable ${gatewayVariables[key as keyof typeof gatewayVariables]} to ${rule}`;
  it.each<[Record<string, string>, string]>([
    [{ domain: "" }, missing("domain", domainRule)],
    [{ domain: "", gateway: "", ingressClass: "nginx" }, missing("domain", domainRule)],
    [{ gateway: "" }, missing("gateway", "namespace and name of a Gateway, such as gateway/previews")],
    [{ gatewayPods: "" }, missing("gatewayPods", ofPods)],
    [
      { ingressClass: "nginx" },
      "settings dynenv:gateway and dynenv:ingressClass are both set: unset one of them",
    ],
    ...[
      "Previews.example.com",
      "https://example.com",
      "example.com/",
      "*.example.com",
      "example.com:0",
      "a..b",
    ].map((domain): [Record<string, string>, string] => [
      { domain },
      `setting dynenv:domain is ${JSON.stringify(domain)} but must be ${domainRule}`,
    ]),
    ...[
      "previews",
      "gateway/",
      "/previews",
      "a/b/c",
      "gate.way/previews",
      "gateway/Previews",
      "gateway/.previews",
      `${"n".repeat(64)}/previews`,
      `gateway/${"g".repeat(254)}`,
    ].map((name): [Record<string, string>, string] => [
      { gateway: name },
      `setting dynenv:gateway is ${shown(name)} but must be namespace and name of a Gateway, such as gateway/previews`,
    ]),
    [{ tls: "no" }, 'setting dynenv:tls is "no" but must be true or false'],
    [{ exposeForks: "yes" }, 'setting dynenv:exposeForks is "yes" but must be true or false'],
    [{ gatewayPods: "traefik" }, `setting dynenv:gatewayPods is "traefik" but must be ${ofPods}`],
    [
      { gatewayPods: '{"podLabels": {}}' },
      `setting dynenv:gatewayPods is "{\\"podLabels\\": {}}" but must be ${ofPods}`,
    ],
    [
      { gatewayAddress: '{"host": "traefik"}' },
      'setting dynenv:gatewayAddress is "{\\"host\\": \\"traefik\\"}" but must be a JSON object of host, port and podPort, such as {"host": "traefik.traefik.svc", "port": 443, "podPort": 8443}',
    ],
  ])("%j", (more, sentence) => {
    configure({ ...required, ...whole, ...more });
    expect(readSettings).toThrow(new pulumi.RunError(sentence));
  });
});
