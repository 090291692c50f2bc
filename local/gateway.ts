import { join } from "node:path";
import { projectRoot } from "../foundation/folders.ts";
import { command, during, type Work } from "../foundation/work.ts";
import { traefik } from "./goTools.ts";
import { builtTool } from "./toolBuild.ts";

/** The embedded cluster's gateway, and how this machine reaches it. */
export interface EmbeddedGateway {
  /** Domain with a port of 127.0.0.1: names below `localhost` lead there in browsers and in curl. */
  domain: string;
  /** The same over TLS. */
  secureDomain: string;
  /** File with the authority of its certificate, made for this cluster. */
  authority: string;
}

/** Where gateway.yaml puts it. */
export const embeddedGateway = {
  name: "gateway/previews",
  pods: { namespace: "gateway", labels: { "app.kubernetes.io/name": "traefik" } },
  inside: { host: "traefik.gateway.svc", port: 80, podPort: 8000 },
};

/** Builds it unless the cache has it. @returns the folder of its program. */
export function buildGateway(work: Work): Promise<string> {
  return builtTool(traefik, work);
}

/**
 * Brings the gateway into a cluster, which may be starting: it then waits for the API server.
 * @param folder of the cluster. @param tools folders with kubectl.
 */
export async function provideGateway(
  name: string,
  folder: string,
  tools: string[],
  work: Work,
): Promise<EmbeddedGateway> {
  const built = await buildGateway(work);
  const args = [name, folder, [built, ...tools].join(":"), join(built, traefik.files?.as ?? "")];
  const printed = await during("starting the gateway", work, () =>
    command(
      join(projectRoot, "local", "gateway.sh"),
      args,
      work,
      (reason) => `the gateway of the embedded cluster could not be started: ${reason}`,
    ),
  );
  const [domain = "", secureDomain = ""] = printed.trim().split(" ");
  return { domain, secureDomain, authority: join(folder, "run", "gateway", "ca.crt") };
}
