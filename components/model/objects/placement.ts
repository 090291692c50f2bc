import { z } from "zod";
import { refusalWithin } from "../rules/form.ts";
import { labelKeyPattern, labelValuePattern } from "../rules/labelPatterns.ts";
import { mapping } from "../rules/mapping.ts";
import { named } from "../rules/shown.ts";

/** A taint that pods put up with. */
export interface Toleration {
  /** Key of the taint. */
  key: string;
  /** Value of the taint. Default: any. */
  value?: string;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default: any. */
  effect?: string;
}

/** Where the pods of an environment run. */
export interface Placement {
  /** Labels that a node must have, such as `{"pool": "previews"}`. Default: `{}`, any node. */
  nodeSelector?: Record<string, string>;
  /** Taints of nodes that the pods put up with. Default: `[]`. */
  tolerations?: Toleration[];
  /**
   * Label of nodes, such as `topology.kubernetes.io/zone`, over whose values the replicas of a service are spread as
   * evenly as nodes permit. Default: the scheduler's own rule.
   */
  spreadOver?: string;
}

const key = (must: string) => z.string(must).regex(labelKeyPattern, must);
const value = (must: string) => z.string(must).regex(labelValuePattern, must);
const toleration = {
  key: key("the key of a taint, such as previews"),
  value: value("the value of a taint, such as only").optional(),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"], "NoSchedule, PreferNoSchedule or NoExecute")
    .optional(),
};
const shape = {
  nodeSelector: mapping(
    key("the label of nodes, such as pool"),
    value("the value of a label, such as previews"),
    'an object from label to value, such as {"pool": "previews"}',
  ).optional(),
  tolerations: z
    .array(
      z.strictObject(toleration, 'an object with a key, such as {"key": "previews"}'),
      'a list, such as [{"key": "previews"}]',
    )
    .optional(),
  spreadOver: key("the label of nodes, such as topology.kubernetes.io/zone").optional(),
};
const rules = z.strictObject(shape, 'an object, such as {"nodeSelector": {"pool": "previews"}}');

/** @throws when something of it is unknown or empty: a toleration without a key would put up with every taint. */
export function checkPlacement(placement: Placement): void {
  const issue = rules.safeParse(placement).error?.issues[0];
  if (issue === undefined) return;
  const place = ["placement", ...issue.path.map((key) => named(String(key)))].join(".");
  const known = Object.keys(issue.path.length === 0 ? shape : toleration);
  throw new Error(refusalWithin(placement, issue, place, known));
}

/** The part of a pod spec that says where it runs. */
export function placementSpec({ nodeSelector, tolerations, spreadOver }: Placement, selector?: Labels) {
  return {
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && {
      tolerations: tolerations.map((toleration) => ({
        ...toleration,
        operator: toleration.value === undefined ? "Exists" : "Equal",
      })),
    }),
    ...(spreadOver !== undefined &&
      selector && {
        topologySpreadConstraints: [
          {
            topologyKey: spreadOver,
            maxSkew: 1,
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: selector },
          },
        ],
      }),
  };
}

type Labels = Record<string, string>;
