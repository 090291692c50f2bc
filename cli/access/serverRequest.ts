import { request as requestInClear, type ClientRequest } from "node:http";
import { request as requestWithTls, type RequestOptions } from "node:https";
import type { KubeConfig } from "#bundled/kubernetes";

/** Address of the cluster's API server, without a slash at its end. */
export function serverOf(config: KubeConfig): string {
  return (config.getCurrentCluster()?.server ?? "").replace(/\/$/, "");
}

/** A request beside the generated client, which keeps no connection and reads no stream; in the clear where the address says so. */
export function serverRequest(url: string, options: RequestOptions): ClientRequest {
  return url.startsWith("http:") ? requestInClear(url, options) : requestWithTls(url, options);
}
