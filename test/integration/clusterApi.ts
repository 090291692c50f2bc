import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { parse } from "yaml";
import { kubectl, shell } from "./shell.ts";

/** A kind of object, as the API server lists it. */
interface Kind {
  /** Path of its API group and version, such as `/apis/apps/v1`. */
  group: string;
  resource: string;
  namespaced: boolean;
  verbs: string[];
}

/** One request and its answer. */
export interface Answer {
  verb: string;
  path: string;
  status: number;
}

const methods: Record<string, string> = {
  get: "GET",
  list: "GET",
  watch: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

/** What the cluster does not list: the parts of objects that an environment's own roles speak of. */
export const subresources: Kind[] = [
  { resource: "pods/any/exec", verbs: ["create"] },
  { resource: "pods/any/log", verbs: ["list"] },
  { resource: "pods/any/portforward", verbs: ["create"] },
  { resource: "services/any/proxy", verbs: ["list", "create"] },
].map((part) => ({ ...part, group: "/api/v1", namespaced: true }));

/** All kinds of the cluster. */
export async function kinds(): Promise<Kind[]> {
  const list = await kubectl("api-resources", "-o", "json");
  const { resources } = JSON.parse(list) as {
    resources: { group?: string; version: string; name: string; namespaced: boolean; verbs: string[] }[];
  };
  return resources.map(({ group = "", version, name, namespaced, verbs }) => ({
    group: group === "" ? `/api/${version}` : `/apis/${group}/${version}`,
    resource: name,
    namespaced,
    verbs,
  }));
}

/** Tries every verb of some kinds with a token, in a namespace where they have one. */
export async function tryAll(token: string, all: Kind[], namespace: string): Promise<Answer[]> {
  const ask = await client(token);
  const requests = all.flatMap(({ group, resource, namespaced, verbs }) => {
    const collection = `${group}/${namespaced ? `namespaces/${namespace}/` : ""}${resource}`;
    return verbs.map((verb) => {
      const isOne = ["get", "update", "patch", "delete"].includes(verb);
      const query = verb === "watch" ? "?watch=true&timeoutSeconds=1" : "";
      return { verb, path: `${collection}${isOne ? "/any" : ""}${query}` };
    });
  });
  return Promise.all(
    requests.map(async ({ verb, path }) => ({ verb, path, status: await ask(methods[verb] ?? "GET", path) })),
  );
}

/** A client that knows a token and nothing else. @returns the status of each answer. */
async function client(token: string): Promise<(method: string, path: string) => Promise<number>> {
  const config = parse(await readFile(shell.KUBECONFIG ?? "", "utf8")) as {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  };
  const [first] = config.clusters;
  if (first === undefined) throw new Error("the kubeconfig has no cluster");
  const { server, "certificate-authority-data": ca } = first.cluster;
  return (method, path) =>
    new Promise((resolve, reject) => {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const headers = { authorization: `Bearer ${token}`, "content-type": type };
      const options = { method, headers, ca: Buffer.from(ca, "base64"), timeout: 10_000 };
      const sent = request(new URL(path, server), options, (response) => {
        response.resume().on("end", () => {
          resolve(response.statusCode ?? 0);
        });
      });
      sent.on("error", reject);
      // Authorization comes before the body is read.
      sent.end(method === "GET" || method === "DELETE" ? undefined : "{}");
    });
}
