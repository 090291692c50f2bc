import {
  ApiException,
  CoreV1Api,
  setHeaderOptions,
  type KubeConfig,
  type V1Namespace,
  type V1ObjectMeta,
} from "#bundled/kubernetes";
import { ownerSelector } from "../../components/model/index.ts";
import { environmentNamespace } from "../kubernetes/namespace.ts";
import type { MarkedNamespace } from "./verdict.ts";

/** An answer of the API server, and what its clock says. */
export interface Answered<T> {
  value: T;
  now: Date | undefined;
}

const pageSize = 500;

/** All namespaces of ours; only their metadata, page by page. */
export async function listNamespaces(config: KubeConfig): Promise<Answered<MarkedNamespace[]>> {
  const api = config.makeApiClient(CoreV1Api);
  const onlyMetadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
  const value: MarkedNamespace[] = [];
  let next: string | undefined;
  for (;;) {
    const page = {
      labelSelector: ownerSelector,
      limit: pageSize,
      ...(next !== undefined && { _continue: next }),
    };
    const { data, headers } = await api.listNamespaceWithHttpInfo(
      page,
      setHeaderOptions("Accept", onlyMetadata),
    );
    // The API server says null for a page on which nothing is ours.
    value.push(...((data.items as V1Namespace[] | null) ?? []).map(markedNamespace));
    next = data.metadata?._continue;
    if (next === undefined || next === "") return { value, now: timeIn(headers) };
  }
}

/** The namespace of that name, if there is one, whosever it is. */
export async function lookAt(
  config: KubeConfig,
  name: string,
): Promise<Answered<MarkedNamespace | undefined>> {
  try {
    const { data, headers } = await config.makeApiClient(CoreV1Api).readNamespaceWithHttpInfo({ name });
    return { value: markedNamespace(data), now: timeIn(headers) };
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 404) throw error;
    return { value: undefined, now: timeIn(error.headers) };
  }
}

/** Those of some namespaces that this login may read, and the names of the others; for who may not list them. */
export async function readNamespaces(
  config: KubeConfig,
  names: string[],
): Promise<Answered<MarkedNamespace[]> & { unseen: string[] }> {
  const unseen: string[] = [];
  const found = await Promise.all(
    [...new Set(names)].map((name) =>
      lookAt(config, name).catch((error: unknown) => {
        if (!isForbidden(error)) throw error;
        unseen.push(name);
        return { value: undefined, now: undefined };
      }),
    ),
  );
  return {
    value: found.flatMap(({ value }) => value ?? []),
    now: found.find(({ now }) => now !== undefined)?.now,
    unseen,
  };
}

/** Whether the cluster answers that this login may not do that. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiException && error.code === 403;
}

export function markedNamespace(object: V1Namespace): MarkedNamespace {
  const namespace = environmentNamespace(object);
  return { ...namespace, marked: markedAt(object.metadata) ?? namespace.created };
}

/** When the API server wrote the marks: it notes the time beside the fields of each writer. */
function markedAt(metadata: V1ObjectMeta | undefined): Date | undefined {
  const times = (metadata?.managedFields ?? [])
    .filter(({ fieldsV1 }) => ownsTtl(fieldsV1))
    .map(({ time }) => time);
  return times
    .filter((time) => time !== undefined)
    .sort((a, b) => a.getTime() - b.getTime())
    .at(-1);
}

function ownsTtl(fields: unknown): boolean {
  const { "f:metadata": metadata } = (fields ?? {}) as {
    "f:metadata"?: { "f:annotations"?: Record<string, unknown> };
  };
  return metadata?.["f:annotations"]?.["f:dynenv/ttl"] !== undefined;
}

/** The time in an answer's header. */
function timeIn(headers: Record<string, string>): Date | undefined {
  const time = new Date(headers.date ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}
