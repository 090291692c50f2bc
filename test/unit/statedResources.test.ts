import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { containerResources, serviceResources } from "../../components/model/graph/containerResources.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import { parseBytes, parseCpu } from "../../components/model/rules/quantities.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

const plain: Service = { name: "a", port: 8080 };
const resources = fc
  .tuple(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }))
  .map(([cpu, memory]) => ({ cpu: `${String(cpu)}m`, memory: `${String(memory)}Mi` }));

describe("the resources of a service", () => {
  it("that states none are enough for a small application", () => {
    expect(containerResources(plain)).toEqual({
      requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "64Mi" },
      limits: { cpu: "1", memory: "512Mi", "ephemeral-storage": "1Gi" },
    });
  });

  it("that states one kind are those, and never more requested than permitted", () => {
    fc.assert(
      fc.property(resources, fc.constantFrom("requests", "limits"), (given, kind) => {
        const stated = { ...plain, [kind]: given };
        checkServices([stated]);
        const { requests, limits } = containerResources(stated);
        expect({ requests, limits }[kind]).toMatchObject(given);
        expect(parseCpu(requests.cpu)).toBeLessThanOrEqual(parseCpu(limits.cpu));
        expect(parseBytes(requests.memory)).toBeLessThanOrEqual(parseBytes(limits.memory));
        const other = kind === "limits" ? "requests" : "limits";
        const usual = serviceResources[other];
        const found = { requests, limits }[other];
        expect([usual.cpu, given.cpu]).toContain(found.cpu);
        expect([usual.memory, given.memory]).toContain(found.memory);
      }),
    );
  });

  it("request as much of the disk as the service says, also where it states no limit", () => {
    const { limits } = containerResources({ requests: { cpu: "1", memory: "1Gi", ephemeralStorage: "3Gi" } });
    expect(limits["ephemeral-storage"]).toBe("3Gi");
  });
});

describe("a folder with a size", () => {
  it("has that size, and the pod as much more room", () => {
    const one = service("a", { writablePaths: ["/tmp", "/data:2Gi", "/cache:10Mi"] });
    const { volumes, container } = servicePodSpec(one, [one]);
    expect(volumes.map(({ emptyDir }) => emptyDir?.sizeLimit)).toEqual(["3082Mi", "2Gi", "10Mi"]);
    expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(["/tmp", "/data", "/cache"]);
    expect(container.resources.limits["ephemeral-storage"]).toBe("3082Mi");
  });

  it("may be as large as the limit that the service states, and not larger", () => {
    const limits = { cpu: "1", memory: "1Gi", ephemeralStorage: "1Gi" };
    const check = (size: string) => () => {
      checkServices([service("a", { limits, writablePaths: [`/data:${size}`] })]);
    };
    expect(check("1Gi")).not.toThrow();
    expect(check("1025Mi")).toThrow(
      new Error(
        'writablePaths of service "a" names /data:1025Mi but limits.ephemeralStorage is 1Gi: raise that limit, or make the folder smaller',
      ),
    );
  });
});
