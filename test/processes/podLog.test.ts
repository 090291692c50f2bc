import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "#bundled/kubernetes";
import { afterEach, expect, test } from "vitest";
import { podLog } from "../../cli/kubernetes/podLog.ts";

const container = { namespace: "env-a", pod: "test-1", name: "test" };
const start = Date.parse("2026-03-01T12:00:00Z");

/** A node's file with some lines, a tenth of a second apart. */
function file(from: number, to: number): { time: number; text: string }[] {
  return Array.from({ length: to - from }, (_, index) => ({
    time: start + (from + index) * 100,
    text: `${new Date(start + (from + index) * 100).toISOString().replace("Z", "123456Z")} line ${String(from + index)}\n`,
  }));
}

type Answer = (response: ServerResponse, lines: (from: number, to: number) => string) => void;

let close: (() => void) | undefined;
afterEach(() => {
  close?.();
});

/** A server that gives each request for the log another answer, and what it was asked. */
async function served(...answers: Answer[]) {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://server");
    asked.push(url.searchParams);
    const since = Date.parse(url.searchParams.get("sinceTime") ?? "1970-01-01T00:00:00Z");
    const lines = (from: number, to: number) =>
      file(from, to)
        .filter(({ time }) => time >= since)
        .map(({ text }) => text)
        .join("");
    const answer = answers[asked.length - 1] ?? answers.at(-1);
    answer?.(response, lines);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const config = new KubeConfig();
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  config.loadFromClusterAndUser({ name: "a", server: url, skipTLSVerify: true }, { name: "a" });
  return { config, asked };
}

/** All that is read, until the pod ends after the given answer has been read to its end. */
async function read(config: KubeConfig, asked: URLSearchParams[], endsAfter: number, silentFor?: number) {
  const ended = new AbortController();
  const warnings: string[] = [];
  let text = "";
  const watch = setInterval(() => {
    if (asked.length >= endsAfter) ended.abort();
  }, 20);
  try {
    const warn = (warning: string) => warnings.push(warning);
    for await (const part of podLog(config, container, ended.signal, warn, silentFor)) text += part;
  } finally {
    clearInterval(watch);
  }
  return { text, warnings };
}

const numbers = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => Number(line.replace("line ", "")));
const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

test("a log whose connection breaks off, in the middle of a line and of a character, goes on where it was", async () => {
  const { config, asked } = await served(
    (response, lines) => {
      response.write(lines(0, 30));
      response.write(lines(30, 31).slice(0, 34));
      void sleep(100).then(() => response.destroy());
    },
    (response) => response.destroy(),
    (response) => response.writeHead(503).end("starting"),
    (response, lines) => response.end(lines(0, 45)),
  );
  const { text, warnings } = await read(config, asked, 4);
  expect(numbers(text)).toEqual(upTo(45));
  expect(warnings).toEqual([]);
  expect(asked.map((query) => query.get("sinceTime"))).toEqual([
    null,
    ...Array.from({ length: asked.length - 1 }, (_, index) =>
      index < 3 ? "2026-03-01T12:00:01Z" : "2026-03-01T12:00:03Z",
    ),
  ]);
});

test("a log that is rotated while its connection is lost gives what is left, once, and says so", async () => {
  const { config, asked } = await served(
    (response, lines) => {
      response.write(lines(0, 30));
      void sleep(50).then(() => response.destroy());
    },
    (response, lines) => response.end(lines(35, 50)),
  );
  const { text, warnings } = await read(config, asked, 2);
  expect(numbers(text)).toEqual(upTo(50).filter((index) => index < 30 || index >= 35));
  expect(warnings).toEqual([expect.stringContaining("rotated")]);
});

test("a log that falls silent without an end is read again once its pod has ended", async () => {
  const { config, asked } = await served(
    (response, lines) => response.write(lines(0, 30)),
    (response, lines) => response.end(lines(0, 40)),
  );
  const { text, warnings } = await read(config, asked, 1, 200);
  expect(numbers(text)).toEqual(upTo(40));
  expect(warnings).toEqual([]);
});

test("a log that may not be read is told at once", async () => {
  const { config, asked } = await served((response) => response.writeHead(403).end("{}"));
  await expect(read(config, asked, 1)).rejects.toMatchObject({ code: 403 });
  expect(asked).toHaveLength(1);
});
