import { KubeConfig } from "#bundled/kubernetes";

/** A client of a cluster that nobody asks. */
export function kubeConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "a", server: "https://127.0.0.1:9", skipTLSVerify: false },
    { name: "a" },
  );
  return config;
}
