import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkRegistryLogin } from "../../cli/environment/registryLogin.ts";
import { answerOf, wholeAnswerOf } from "../../foundation/webRequest.ts";
import { apiServer, certificate, host, httpProxy, type ApiServer } from "./apiServer.ts";

const trusted = getCACertificates("default");
const ends: (() => unknown)[] = [];
let server: ApiServer;
let answer = { status: 200, challenge: "" };

beforeAll(async () => {
  setDefaultCACertificates([...trusted, certificate]);
  server = await apiServer((_request, response) => {
    response.writeHead(answer.status, { "www-authenticate": answer.challenge }).end("a body");
  });
});

afterEach(async () => {
  answer = { status: 200, challenge: "" };
  server.seen.length = 0;
  for (const end of ends.splice(0)) await end();
});

afterAll(() => {
  server.end();
  setDefaultCACertificates(trusted);
});

async function proxyTo(target: ApiServer, isSecure = false) {
  const proxy = await httpProxy(target, isSecure);
  ends.push(proxy.end);
  return proxy;
}

const address = new URL(`https://${host}/v2/`);

describe("an address that only a proxy reaches", () => {
  it.each([false, true])("is asked through HTTPS_PROXY, itself with TLS: %s", async (isSecure) => {
    const proxy = await proxyTo(server, isSecure);
    const variables = { HTTPS_PROXY: proxy.url.replace("localhost", "me:pass@localhost") };
    answer.status = 302;
    const { statusCode } = await answerOf(address, { method: "HEAD", limit: 5000, variables });
    expect(statusCode).toBe(302);
    expect(proxy.asked).toEqual([`Basic ${btoa("me:pass")}${host}:443`]);
    expect(server.seen).toMatchObject([{ method: "HEAD", path: "/v2/" }]);
  });

  it("is out of reach without it, or where NO_PROXY names it", async () => {
    const { url, asked } = await proxyTo(server);
    const exception = { HTTPS_PROXY: url, NO_PROXY: `.other,${host}` };
    for (const variables of [{}, { HTTP_PROXY: url }, exception])
      await expect(answerOf(address, { limit: 5000, variables })).rejects.toThrow(host);
    expect(asked).toEqual([]);
  });

  it("is given up when the proxy is silent", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "localhost", resolve));
    ends.push(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const variables = { HTTPS_PROXY: `localhost:${String(port)}` };
    await expect(answerOf(address, { limit: 100, variables })).rejects.toThrow();
  });
});

it("an address with http is asked through HTTP_PROXY", async () => {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    socket.once("data", (request) => {
      asked.push(request.toString().split("\r\n", 1)[0] ?? "");
      socket.end("HTTP/1.1 204 No Content\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "localhost", resolve));
  ends.push(() => proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const variables = { http_proxy: `http://localhost:${String(port)}` };
  const { statusCode } = await answerOf(new URL(`http://${host}/v2/`), { limit: 5000, variables });
  expect({ statusCode, asked }).toEqual({ statusCode: 204, asked: [`GET http://${host}/v2/ HTTP/1.1`] });
});

describe("an answer with its body", () => {
  /** A server whose answer is written as it is told. */
  async function serverOf(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<URL> {
    const plain = createHttpServer(answer);
    await new Promise<void>((resolve) => plain.listen(0, "localhost", resolve));
    ends.push(() => {
      plain.closeAllConnections();
      plain.close();
    });
    return new URL(`http://localhost:${String((plain.address() as AddressInfo).port)}/`);
  }
  const request = { limit: 1000, variables: {} };

  it("is whole, whatever its status, and gets what is sent", async () => {
    const url = await serverOf((asked, response) => {
      asked.setEncoding("utf8").once("data", (text: string) => response.writeHead(500).end(`ä${text}`));
    });
    const answer = await wholeAnswerOf(url, { ...request, method: "POST", body: "é" });
    expect(answer).toMatchObject({ status: 500, text: "äé" });
  });

  it("is none that breaks off, that comes too slowly, or that nobody waits for any more", async () => {
    const broken = await serverOf((_asked, response) => {
      response.write("a");
      setImmediate(() => response.destroy());
    });
    await expect(wholeAnswerOf(broken, request)).rejects.toThrow();
    const slow = await serverOf((_asked, response) => response.write("a"));
    await expect(wholeAnswerOf(slow, { ...request, limit: 200 })).rejects.toThrow();
    const signal = AbortSignal.timeout(100);
    await expect(wholeAnswerOf(slow, { ...request, limit: 60_000, signal })).rejects.toThrow();
  });

  it("is none without an end", async () => {
    const endless = await serverOf((_asked, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(2 ** 20)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const answer = wholeAnswerOf(endless, { ...request, limit: 30_000 });
    await expect(answer).rejects.toThrow("it answers with more than 67108864 bytes");
  });
});

describe("the login to a registry behind a proxy", () => {
  const login = { CI_REGISTRY: host, CI_REGISTRY_USER: "ci", CI_REGISTRY_PASSWORD: "pass" };

  it("is refused before anything is built", async () => {
    const { url } = await proxyTo(server);
    answer = { status: 401, challenge: 'Basic realm="registry"' };
    await expect(checkRegistryLogin({ ...login, HTTPS_PROXY: url }, false)).rejects.toThrow(
      `registry ${host} refused the login of "ci"`,
    );
    expect(server.seen).toMatchObject([
      { path: "/v2/", headers: { authorization: [`Basic ${btoa("ci:pass")}`] } },
    ]);
  });

  it("is left to the push where it is accepted, a token service is named, or nobody answers", async () => {
    const { url } = await proxyTo(server);
    await checkRegistryLogin({ ...login, HTTPS_PROXY: url }, false);
    answer = { status: 401, challenge: 'Bearer realm="https://auth.example"' };
    await checkRegistryLogin({ ...login, HTTPS_PROXY: url }, false);
    expect(server.seen.length).toBe(2);
    await checkRegistryLogin({ ...login, HTTPS_PROXY: url, NO_PROXY: "*" }, false);
    expect(server.seen.length).toBe(2);
  });
});
