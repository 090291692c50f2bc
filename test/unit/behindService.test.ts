import { ApiException, type KubeConfig } from "#bundled/kubernetes";
import { expect, it } from "vitest";
import { behindService } from "../../cli/environment/forwarding.ts";

it("finds a port by the name that the Service gives it", async () => {
  const ports = [
    { name: "main", port: 80, targetPort: 8080 },
    { name: "metrics", port: 90, targetPort: 9100, protocol: "TCP" },
    { name: "datagrams", port: 53, targetPort: 5353, protocol: "UDP" },
  ];
  const inside = (readNamespacedService: () => Promise<unknown>) => ({
    config: { makeApiClient: () => ({ readNamespacedService }) } as unknown as KubeConfig,
    namespace: "env-a",
  });
  const known = inside(() => Promise.resolve({ spec: { ports } }));
  for (const [wanted, port] of [
    ["main", "8080"],
    ["metrics", "9100"],
    ["datagrams", "datagrams"],
    ["constructor", "constructor"],
    ["9100", "9100"],
    [undefined, undefined],
  ] as const)
    expect(await behindService(known, "web", wanted)).toBe(port);
  const none = inside(() => Promise.reject(new ApiException(404, "no", "", {})));
  expect(await behindService(none, "worker", "main")).toBe("main");
  const refused = inside(() => Promise.reject(new ApiException(403, "no", "", {})));
  await expect(behindService(refused, "web", "main")).rejects.toMatchObject({ code: 403 });
});
