/**
 * Annotations that tell the cluster autoscaler whether it may move a pod to empty a node. Without them it leaves every
 * pod with an emptyDir where it is (cluster-autoscaler FAQ, "What types of pods can prevent CA from removing a node?").
 */
export const mayBeMoved = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" };

/** A Job that is moved begins again, and a test that begins again is one that failed. */
export const mustNotBeMoved = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" };
