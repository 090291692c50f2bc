import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { gofakes3 } from "../../local/goTools.ts";
import { builtTool } from "../../local/toolBuild.ts";

/** What a server of S3's protocol does with requests, from now on. */
interface Weather {
  /** Milliseconds that each request takes longer. */
  latency: number;
  /** Whether writes are refused. */
  isReadOnly: boolean;
}

/** A server of S3's protocol that keeps all in memory, behind a door that can be slow or closed for writes. */
export interface S3 {
  /** Variables with which Pulumi keeps its state there. */
  env: Record<string, string>;
  weather: Weather;
  /** Keys of all objects. */
  keys: () => Promise<string[]>;
  end: () => Promise<void>;
}

const bucket = "state";

export async function startS3(): Promise<S3> {
  const work = { progress: () => undefined, signal: new AbortController().signal };
  const folder = await builtTool(gofakes3, work);
  const args = ["-backend", "memory", "-host", "127.0.0.1:0", "-initialbucket", bucket, "-quiet"];
  const server = execa(`${folder}/gofakes3`, args, { reject: false, stdout: "ignore" });
  const port = await portIn(server.stderr);
  const weather: Weather = { latency: 0, isReadOnly: false };
  const door = createServer((incoming, outgoing) => void pass(incoming, outgoing, port, weather));
  await once(door.listen(0, "127.0.0.1"), "listening");
  const endpoint = `http://127.0.0.1:${String((door.address() as AddressInfo).port)}`;
  return {
    env: {
      PULUMI_BACKEND_URL: `s3://${bucket}?endpoint=${endpoint}&s3ForcePathStyle=true&region=us-east-1`,
      ...{ AWS_ACCESS_KEY_ID: "ci", AWS_SECRET_ACCESS_KEY: "canary-of-the-backend" },
      ...{ AWS_EC2_METADATA_DISABLED: "true", AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required" },
    },
    weather,
    keys: async () => {
      const listed = await (await fetch(`${endpoint}/${bucket}?list-type=2&max-keys=1000`)).text();
      return [...listed.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
    },
    end: async () => {
      door.closeAllConnections();
      door.close();
      server.kill();
      await server;
    },
  };
}

async function portIn(stderr: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: stderr })) {
    const port = /using port: (\d+)/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("gofakes3 did not tell its port");
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  { latency, isReadOnly }: Weather,
): Promise<void> {
  await sleep(latency);
  if (isReadOnly && incoming.method !== "GET" && incoming.method !== "HEAD") {
    incoming.resume();
    outgoing.writeHead(403, { "content-type": "application/xml" });
    outgoing.end("<Error><Code>AccessDenied</Code><Message>the bucket is read-only</Message></Error>");
    return;
  }
  const { method, url, headers } = incoming;
  const passed = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on("error", () => outgoing.destroy());
  incoming.pipe(passed);
}
