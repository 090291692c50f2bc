import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exposedServices } from "../../components/model/graph/exposure.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { servicePodSpec } from "../../components/model/objects/podSpec.ts";
import { anyService, service } from "./randomServices.ts";

const exposed = (more: Partial<Service> = {}) => service("deals", { exposed: true, ...more });
const asleep = (seconds: number) => ({ preStop: { sleep: { seconds } } });

function farewell(one: Service, drainSeconds?: number) {
  const { container, terminationGracePeriodSeconds } = servicePodSpec(one, [one], {}, drainSeconds);
  const lifecycle = "lifecycle" in container ? container.lifecycle : undefined;
  return { lifecycle, terminationGracePeriodSeconds };
}

describe("a pod that is to end", () => {
  it("answers on before SIGTERM where the gateway calls it, and then has its own time", () => {
    expect(farewell(exposed(), 3)).toEqual({ lifecycle: asleep(3), terminationGracePeriodSeconds: 4 });
    expect(farewell(exposed({ gracePeriodSeconds: 30 }), 3)).toEqual({
      lifecycle: asleep(3),
      terminationGracePeriodSeconds: 33,
    });
  });

  it("ends at once where nobody calls it from outside, or no time is given", () => {
    const atOnce = { lifecycle: undefined, terminationGracePeriodSeconds: 1 };
    expect(farewell(service("deals"), 3)).toEqual(atOnce);
    expect(farewell(exposed({ exposed: false }), 3)).toEqual(atOnce);
    for (const seconds of [undefined, 0]) expect(farewell(exposed(), seconds)).toEqual(atOnce);
  });

  it("never drains longer than the API server admits, whatever the service", () => {
    fc.assert(
      fc.property(anyService, fc.integer({ min: 0, max: 300 }), (one, seconds) => {
        const { lifecycle, terminationGracePeriodSeconds } = farewell(one, seconds);
        const drains = exposedServices([one]).length > 0 && seconds > 0;
        expect(lifecycle).toEqual(drains ? asleep(seconds) : undefined);
        expect(terminationGracePeriodSeconds).toBe((one.gracePeriodSeconds ?? 1) + (drains ? seconds : 0));
      }),
    );
  });
});
