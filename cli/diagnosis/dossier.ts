import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ApiException, CoreV1Api, type CoreV1Event, type KubeConfig, type V1Pod } from "#bundled/kubernetes";
import { cutMark } from "../../components/model/index.ts";
import { stateFolder } from "../../foundation/folders.ts";
import { containerStatuses } from "../kubernetes/containerStatuses.ts";
import type { Mask } from "../text/mask.ts";
import { harmless, harmlessJson } from "../text/harmless.ts";
import type { Finding } from "./rules/finding.ts";
import { oneLine } from "./rules/oneLine.ts";
import type { Snapshot } from "./snapshot.ts";
import { summaryOf } from "./summary.ts";

export interface Dossier {
  config: KubeConfig;
  namespace: string;
  snapshot: Snapshot;
  mask: Mask;
  /** The root cause first; none when all is well. */
  findings: Finding[];
}

/** Lines and bytes of each container's log that are kept: its last ones. */
const tailLines = 500;
const limitBytes = 256 * 1024;

const summaryFile = "summary.md";

/** Where a run writes one that nobody gave a place. */
export function dossierFile(stack: string): string {
  return join(stateFolder(), "dossiers", `${stack}.tar.gz`);
}

/** What is known of an environment, as files: a summary, objects, events and logs, without secrets. */
export async function dossierOf(dossier: Dossier): Promise<Record<string, string>> {
  const logs = dossier.snapshot.hasAllSecrets ? await logFiles(dossier) : {};
  const files = { ...objectFiles(dossier), ...logs };
  const { namespace, findings, snapshot, mask } = dossier;
  const summary = summaryOf({ namespace, findings, hidden: snapshot.hidden, files: Object.keys(files) });
  return { [summaryFile]: harmless(summary, mask), ...files };
}

/** Writes files as one archive, for its owner alone, and makes the folder that it is to be in. */
export async function writeArchive(file: string, files: Record<string, string>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "dynenv-dossier-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const { create } = await import("tar");
    await create({ gzip: true, portable: true, file, mode: 0o600, cwd: folder }, Object.keys(files));
    // It may have been there before.
    await chmod(file, 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The first page of a dossier that was written; nothing where it is not one. */
export async function summaryFrom(file: string): Promise<string | undefined> {
  const { list } = await import("tar");
  const parts: Buffer[] = [];
  try {
    await list({
      file,
      filter: (path) => path === summaryFile,
      onReadEntry: (entry) => entry.on("data", (part) => parts.push(part)),
    });
    return parts.length === 0 ? undefined : Buffer.concat(parts).toString();
  } catch {
    return undefined;
  }
}

function objectFiles({ snapshot, mask }: Dossier): Record<string, string> {
  const { events = [], ...objects } = snapshot.objects;
  const kinds = Object.entries(objects).filter(([, items]) => items.length > 0);
  return {
    ...Object.fromEntries(
      kinds.map(([kind, items]) => [`objects/${kind}.json`, `${harmlessJson(items, mask)}\n`]),
    ),
    "events.txt": harmless(eventLines(events as CoreV1Event[]).join("\n"), mask),
  };
}

/** The timeline that the cluster keeps: what happened to which object, oldest first. */
function eventLines(events: CoreV1Event[]): string[] {
  const lines = events.map((event) => {
    const {
      lastTimestamp,
      eventTime,
      metadata,
      involvedObject,
      reason = "",
      message = "",
      count = 1,
    } = event;
    const time = String(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? "");
    const object = `${involvedObject.kind ?? ""}/${involvedObject.name ?? ""}`;
    return `${time}  ${object}  ${reason}${count > 1 ? ` (${String(count)} times)` : ""}: ${oneLine(message)}`;
  });
  return [...lines.sort(), ""];
}

async function logFiles({ config, namespace, snapshot, mask }: Dossier): Promise<Record<string, string>> {
  const core = config.makeApiClient(CoreV1Api);
  const logs = snapshot.state.pods.flatMap((pod) =>
    containersOf(pod).map((container) => ({ pod, ...container })),
  );
  const files = await Promise.all(
    logs.map(async ({ pod, name, previous }) => {
      const podName = pod.metadata?.name ?? "";
      const file = `logs/${podName}.${name}${previous ? ".previous" : ""}.log`;
      const which = { namespace, name: podName, container: name, previous };
      try {
        const text = await core.readNamespacedPodLog({ ...which, tailLines, limitBytes, timestamps: true });
        // A log that fills its room was cut, perhaps within a secret.
        const isCut = Buffer.byteLength(text) >= limitBytes;
        return [file, harmless(isCut ? `${text}${cutMark}\n` : text, mask)] as const;
      } catch (error) {
        if (!(error instanceof ApiException)) throw error;
        return [file, `no log: the cluster answers ${String(error.code)}\n`] as const;
      }
    }),
  );
  return Object.fromEntries(files);
}

/** The containers that ran: as they run now, and as they ran before they were restarted. */
function containersOf(pod: V1Pod): { name: string; previous: boolean }[] {
  return containerStatuses(pod).flatMap(({ name, state, restartCount }) => {
    const hasLog = [state?.running, state?.terminated].some((one) => one !== undefined);
    return [
      ...(hasLog ? [{ name, previous: false }] : []),
      ...(restartCount > 0 ? [{ name, previous: true }] : []),
    ];
  });
}
