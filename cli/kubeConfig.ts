import { KubeConfig } from "@kubernetes/client-node";

/** Client of the cluster that the variables name. */
export function kubeConfig(env: Record<string, string>): KubeConfig {
  const config = new KubeConfig();
  for (const path of (env.KUBECONFIG ?? "").split(":")) {
    const part = new KubeConfig();
    part.loadFromFile(path);
    config.mergeConfig(part);
  }
  if (env.KUBE_CONTEXT) config.setCurrentContext(env.KUBE_CONTEXT);
  return config;
}
