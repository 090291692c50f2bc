import { readFile } from "node:fs/promises";
import { request as overHttp, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as overHttps, type RequestOptions } from "node:https";
import { embeddedCluster } from "../../local/cluster.ts";
import type { GatewayAddress, GatewayPods } from "../../components/model/index.ts";
import { shell } from "./shell.ts";

/** Names below `localhost` lead to this machine, which not every resolver knows. */
const [domain = "", port = ""] = (shell.DYNENV_DOMAIN ?? "").split(":");

/** The test cluster's gateway, as programs are told of it. */
export const gateway = {
  ...{ domain, port: Number(port), tls: false, name: shell.DYNENV_GATEWAY ?? "" },
  pods: JSON.parse(shell.DYNENV_GATEWAY_PODS ?? "{}") as Required<GatewayPods>,
  inside: JSON.parse(shell.DYNENV_GATEWAY_ADDRESS ?? "{}") as GatewayAddress,
};

/** A port of this machine that leads to the gateway. */
export interface Door {
  port: number;
  /** The authority of its certificate, in PEM. Default: it is called without TLS. */
  ca?: string;
}

export const plainDoor: Door = { port: gateway.port };

/** The same over TLS, whose certificate no machine trusts but for its own authority. */
export async function secureDoor(): Promise<Required<Door> & { authorityKey: string }> {
  const { gateway: embedded } = (await embeddedCluster()) ?? {};
  if (embedded === undefined) throw new Error("the test cluster has no gateway");
  const { secureDomain, authority } = embedded;
  const ca = await readFile(authority, "utf8");
  const authorityKey = authority.replace(/\.crt$/, ".key");
  return { port: Number(secureDomain.split(":")[1]), ca, authorityKey };
}

interface Asked extends Omit<RequestOptions, "headers"> {
  headers?: Record<string, string>;
}

/** A request by the name that people call; it is not sent yet. */
export function requestTo(door: Door, host: string, path: string, more: Asked = {}) {
  const options = { host: "127.0.0.1", port: door.port, path, agent: false, ...more };
  const named = { ...options, headers: { ...more.headers, host } };
  return door.ca === undefined ? overHttp(named) : overHttps({ ...named, servername: host, ca: door.ca });
}

export interface Page {
  status: number;
  body: string;
  headers: IncomingHttpHeaders;
}

/** What a browser gets that opens a page. @throws what keeps the answer away, such as a certificate for another name. */
export function page(host: string, path: string, door = plainDoor, more?: Asked): Promise<Page> {
  return new Promise((resolve, reject) => {
    const asked = requestTo(door, host, path, more);
    asked.once("response", (response: IncomingMessage) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
      });
    });
    asked.once("error", reject);
    asked.end();
  });
}
