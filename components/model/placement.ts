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
