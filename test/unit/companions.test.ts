import { describe, expect, it } from "vitest";
import { ServiceDeployment } from "../../components/index.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { podAnnotations, servicePodSpec } from "../../components/model/objects/podSpec.ts";
import { quota } from "../../components/model/objects/quota.ts";
import { construct } from "../../rendering/construction.ts";
import { pod, one, crashed } from "./brokenPods.ts";
import { objectsOf, templateOf } from "./kubernetesObjects.ts";
import { service } from "./randomServices.ts";

const image = `registry.example.com/shop/api@sha256:${"1".repeat(64)}`;
const proxyImage = `registry.example.com/tools/proxy@sha256:${"2".repeat(64)}`;
const large = { cpu: "2", memory: "1Gi" };
const small = { cpu: "100m", memory: "32Mi" };
const api = service("api", {
  environment: { LEVEL: "info", MODE: "test" },
  writablePaths: ["/tmp"],
  files: { "/etc/api.json": "{}" },
  sidecars: [
    { name: "proxy", image: proxyImage, environment: { LEVEL: "debug" }, requests: small, limits: small },
  ],
  initContainers: [{ name: "settings", command: ["settings"], requests: large, limits: large }],
});

describe("the containers beside a service's own", () => {
  it("are sidecars, which stay, and then what runs before it, with what it has itself", async () => {
    const variables = { COLOUR: "blue" };
    const constructed = await construct(
      () => new ServiceDeployment("app", { namespace: "staging", image, service: api, variables }),
    );
    const objects = objectsOf(constructed);
    const spec = objects.flatMap((object) => templateOf(object) ?? [])[0]?.spec as unknown as {
      containers: Record<string, unknown>[];
      initContainers: Record<string, unknown>[];
    };
    const [own] = spec.containers;
    const common = {
      envFrom: own?.envFrom,
      volumeMounts: own?.volumeMounts,
      securityContext: own?.securityContext,
    };
    expect(own?.volumeMounts).toHaveLength(2);
    expect(spec.initContainers).toMatchObject([
      { ...common, name: "proxy", image: proxyImage, restartPolicy: "Always" },
      { ...common, name: "settings", image, command: ["settings"] },
    ]);
    expect(spec.initContainers[1]).not.toHaveProperty("restartPolicy");
    expect(spec.initContainers.map(({ env }) => env)).toEqual([
      [
        { name: "MODE", value: "test" },
        { name: "LEVEL", value: "debug" },
      ],
      [
        { name: "LEVEL", value: "info" },
        { name: "MODE", value: "test" },
      ],
    ]);
  });

  it("count in the quota: sidecars with each pod, the others as far as they need more than it", () => {
    const hard = (more: Partial<Service>) => quota([service("api", more)], { surge: false });
    const { sidecars = [], initContainers = [] } = api;
    // Two Jobs, with 1 core and 256Mi each, and the service's own 500m and 128Mi.
    expect(hard({})).toMatchObject({ "limits.cpu": "2500m", "limits.memory": "640Mi" });
    expect(hard({ sidecars })).toMatchObject({ "limits.cpu": "2600m", "limits.memory": "672Mi", pods: "3" });
    expect(hard({ initContainers })).toMatchObject({ "limits.cpu": "4", "limits.memory": "1536Mi" });
    expect(hard({ sidecars, initContainers })).toMatchObject({
      ...{ "limits.cpu": "4100m", "limits.memory": "1568Mi" },
      ...{ "requests.cpu": "2200m", "limits.ephemeral-storage": "4Gi" },
    });
  });

  it("are none where a service has none", () => {
    expect(servicePodSpec(service("a"), [service("a")])).not.toHaveProperty("initContainers");
    expect(podAnnotations(service("a"))).not.toHaveProperty("dynenv/companions");
  });

  it("are told by their name when they fail, and not as somebody else's", () => {
    const annotations = { "dynenv/companions": "proxy,settings" };
    const failing = pod("app", { metadata: { annotations }, containers: [{ ...crashed(3), name: "proxy" }] });
    expect(one({ pods: [failing] })).toMatchObject([
      { cause: "crash-loop", evidence: "its container proxy: exit code 1: no database" },
    ]);
  });
});

describe("wrong containers beside a service's own", () => {
  it.each<[string, Partial<Service>, string]>([
    ["with its name", { sidecars: [{ name: "api" }] }, 'sidecars[0].name of service "api" is "api"'],
    [
      "with one name",
      { initContainers: [{ name: "a" }], sidecars: [{ name: "b" }, { name: "a" }] },
      'sidecars[1].name of service "api" is "a"',
    ],
  ])("%s are told in one sentence", (_what, more, start) => {
    expect(() => {
      checkServices([service("api", more)]);
    }).toThrow(new Error(`${start}, which another container of its pods has: give it another name`));
  });
});
