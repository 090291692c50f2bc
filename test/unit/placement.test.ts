import { describe, expect, it } from "vitest";
import { checkPlacement, type Placement } from "../../components/model/objects/placement.ts";

const check = (placement: unknown) => () => {
  checkPlacement(placement as Placement);
};
const effects = "NoSchedule, PreferNoSchedule or NoExecute";
const spreadRule = "must be the label of nodes, such as topology.kubernetes.io/zone";
const keyRule = "must be the key of a taint, such as previews";

describe("a placement", () => {
  it.each<[string, Placement]>([
    ["nothing", {}],
    ["labels of nodes", { nodeSelector: { pool: "previews", "example.com/zone": "" } }],
    ["a taint", { tolerations: [{ key: "previews" }] }],
    ["a taint of a value", { tolerations: [{ key: "previews", value: "only", effect: "NoExecute" }] }],
    ["the effects", { tolerations: [{ key: "a", effect: "NoSchedule" }] }],
    ["a label to spread over", { nodeSelector: {}, tolerations: [], spreadOver: "zone" }],
  ])("may have %s", (_what, placement) => {
    expect(check(placement)).not.toThrow();
  });

  it.each<[object, string]>([
    [{ nodeselector: {} }, "placement has the unknown key nodeselector: did you mean nodeSelector?"],
    [{ toleration: [] }, "placement has the unknown key toleration: did you mean tolerations?"],
    [
      { nodeSelector: { "a b": "c" } },
      'placement.nodeSelector."a b" must have as its key the label of nodes, such as pool',
    ],
    [
      { nodeSelector: { pool: "a b" } },
      'placement.nodeSelector.pool is "a b" but must be the value of a label, such as previews',
    ],
    [{ zone: "a" }, "placement has the unknown key zone: known are nodeSelector, spreadOver, tolerations"],
    [{ spreadOver: "" }, `placement.spreadOver is "" but ${spreadRule}`],
    [{ spreadOver: 5 }, `placement.spreadOver is 5 but ${spreadRule}`],
    [{ tolerations: [{ key: "" }] }, `placement.tolerations.0.key is "" but ${keyRule}`],
    [{ tolerations: [{}] }, `placement.tolerations.0.key is missing: it ${keyRule}`],
    [
      { tolerations: [{ key: "a" }, { key: "a", effect: "" }] },
      `placement.tolerations.1.effect is "" but must be ${effects}`,
    ],
    [
      { tolerations: [{ key: "a", effect: "noschedule" }] },
      `placement.tolerations.0.effect is "noschedule" but must be ${effects}`,
    ],
    [
      { tolerations: [{ key: "a", value: 5 }] },
      "placement.tolerations.0.value is 5 but must be the value of a taint, such as only",
    ],
  ])("that is %j is refused in one sentence", (placement, sentence) => {
    expect(check(placement)).toThrow(new Error(sentence));
  });
});
