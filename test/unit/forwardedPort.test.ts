import { ApiException, type KubeConfig, type V1Pod } from "#bundled/kubernetes";
import { describe, expect, it } from "vitest";
import {
  behindService,
  containerPort,
  requirePort,
  servedPorts,
  type ServedPort,
} from "../../cli/environment/forwardedPort.ts";

it("finds a port by the name and the number that the Service gives it", async () => {
  const ports = [
    { name: "main", port: 80, targetPort: 8080 },
    { name: "metrics", port: 90, targetPort: 9100, protocol: "TCP" },
    { name: "datagrams", port: 53, targetPort: 5353, protocol: "UDP" },
    { name: "same", port: 8081 },
  ];
  const inside = (readNamespacedService: () => Promise<unknown>) => ({
    config: { makeApiClient: () => ({ readNamespacedService }) } as unknown as KubeConfig,
    namespace: "env-a",
  });
  const known = await servedPorts(
    inside(() => Promise.resolve({ spec: { ports } })),
    "web",
  );
  for (const [wanted, port] of [
    ["main", "8080"],
    ["80", "8080"],
    ["metrics", "9100"],
    ["same", "8081"],
    ["datagrams", "datagrams"],
    ["53", "53"],
    ["constructor", "constructor"],
    ["9100", "9100"],
    [undefined, undefined],
  ] as const)
    expect(behindService(known, wanted)).toBe(port);
  const none = inside(() => Promise.reject(new ApiException(404, "no", "", {})));
  expect(await servedPorts(none, "worker")).toEqual([]);
  const refused = inside(() => Promise.reject(new ApiException(403, "no", "", {})));
  await expect(servedPorts(refused, "web")).rejects.toMatchObject({ code: 403 });
});

describe("the pod that connections lead to", () => {
  const container = {
    name: "deals",
    ports: [
      { containerPort: 53, protocol: "UDP", name: "dns" },
      { containerPort: 8080, protocol: "TCP", name: "http" },
      { containerPort: 9100, name: "metrics" },
    ],
  };

  it.each([
    [undefined, 8080],
    ["metrics", 9100],
    ["9100", 9100],
    ["53", undefined],
    ["dns", undefined],
    ["", undefined],
  ])("has the port %s", (wanted, port) => {
    expect(containerPort(container, wanted)).toBe(port);
  });

  it("says what is wrong with a port that it has not", () => {
    const pod = (ports: object[]): V1Pod[] => {
      const one: object = { spec: { containers: [{ name: "deals", ports }] } };
      return [one];
    };
    const port =
      (pods: V1Pod[], wanted?: string, served: ServedPort[] = []) =>
      () =>
        requirePort(pods, { service: "deals", port: wanted, served }, "env-a");
    expect(port(pod(container.ports))()).toBe(8080);
    expect(port(pod(container.ports), "metrisc")).toThrow(
      'service deals has no port "metrisc": did you mean metrics?',
    );
    expect(port(pod([]))).toThrow("service deals has no port that takes TCP connections");
    expect(port(pod([]), "http")).toThrow("service deals has no port that takes TCP connections");
    const revision = pod([{ containerPort: 8080, name: "rabcdefgh" }, { containerPort: 9100 }]);
    const served = [
      { name: "main", port: 80, behind: "8080" },
      { name: "metrics", port: 90, behind: "9100" },
    ];
    expect(port(revision, "90", served)()).toBe(9100);
    expect(port(revision, "9", served)).toThrow(
      /^service deals has no port "9": known are 80, 8080, 90, 9100, main, metrics$/,
    );
    expect(port([])).toThrow("no pod of service deals of env-a is ready: `dynenv diagnose` says why");
  });
});
