import * as k8s from "@pulumi/kubernetes";

/**
 * The stack's only Kubernetes provider. No path and no credential enters its inputs, which are kept in state: the
 * plugin reads KUBECONFIG itself, and a kubeconfig of another cluster lacks the context. Without server-side apply
 * it creates by POST, so that an existing namespace is refused, not adopted.
 */
export function cluster(context: string): k8s.Provider {
  return new k8s.Provider("cluster", {
    kubeconfig: "",
    context,
    clusterIdentifier: context,
    enableServerSideApply: false,
  });
}
