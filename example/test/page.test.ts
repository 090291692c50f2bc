import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { answer, type Answer } from "../src/answers.ts";
import { catalogue, deals, page, type Deal, type Sock } from "./http.ts";

/** What the page is where the catalogue says this. */
async function pageOf(socks: unknown, commit = "9dff06f"): Promise<Answer> {
  const server = createServer((_request, response) => response.end(JSON.stringify(socks)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await answer("GET", "/", { catalogue: `127.0.0.1:${String(port)}`, commit, port: 0 });
  } finally {
    server.close();
  }
}

const sock = { id: "a", name: "Moss", price: 10 };

void test("the page has each sock with its price, its discount and the deal", async () => {
  const { status, type, content } = await pageOf([sock, { id: "b", name: "Harbour", price: 1234.5 }]);
  assert.equal(status, 200);
  assert.equal(type, "text/html; charset=utf-8");
  assert.match(content, /<caption>\s*2 socks on offer\s*<\/caption>/);
  assert.match(content, />Moss<\/th>\s*<td><s>\$10\.00<\/s><\/td>\s*<td>10%<\/td>\s*<td><strong>\$9\.00</);
  assert.match(content, />Harbour<\/th>\s*<td><s>\$1,234\.50<.*\s*<td>15%<\/td>\s*<td><strong>\$1,049\.33</);
});

void test("a page names its language, itself and what was built, and has one heading and one main part", async () => {
  for (const { content } of [await pageOf([sock]), await pageOf(null), await pageOf({})]) {
    assert.match(content, /^<!doctype html>\s*<html lang="en">/);
    const [, title = ""] = /<title>(.+)<\/title>/.exec(content) ?? [];
    assert.deepEqual(content.match(/<h1>.*<\/h1>/g), [`<h1>${title}</h1>`]);
    assert.equal(content.match(/<main>/g)?.length, 1);
    assert.match(content, /commit <code>9dff06f<\/code>/);
    assert.doesNotMatch(content, /<script|<style| style=| on\w+=/);
  }
});

void test("whatever the catalogue and the build say is shown as text", async () => {
  const hostile = `</th><script>alert("it's")</script>&amp;`;
  const { content } = await pageOf([{ ...sock, name: hostile }], hostile);
  const text = "&lt;/th&gt;&lt;script&gt;alert(&quot;it&#39;s&quot;)&lt;/script&gt;&amp;amp;";
  assert.equal(content.split(text).length, 3);
  assert.doesNotMatch(content, /<script/);
});

void test("a catalogue without socks gives a page that says so", async () => {
  for (const none of [null, []]) {
    const { status, content } = await pageOf(none);
    assert.equal(status, 200);
    assert.match(content, /<h1>No deals today<\/h1>/);
    assert.match(content, /The catalogue has no socks/);
    assert.doesNotMatch(content, /<table/);
  }
});

void test("a catalogue that is down, or says something else, gives a page that says so", async () => {
  const settings = { catalogue: "127.0.0.1:1", commit: "9dff06f", port: 0 };
  const answers: [Answer, RegExp][] = [
    [await answer("GET", "/", settings), /could not be reached \(ECONNREFUSED\)/],
    [await pageOf([{ id: "a" }]), /answered with something else than a list of socks/],
  ];
  for (const [{ status, type, content }, reason] of answers) {
    assert.equal(status, 502);
    assert.equal(type, "text/html; charset=utf-8");
    assert.match(content, /<h1>No deals at the moment<\/h1>/);
    assert.match(content, new RegExp(`<p role="alert">.*${reason.source}`));
  }
});

void test("the service's page offers the first deal, and permits a browser nothing but its own files", async () => {
  const { status, text, headers } = await page("/");
  assert.equal(status, 200);
  const [first] = (await catalogue<Sock[]>("/catalogue?page=1&size=1000")).sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  assert.ok(text.includes(`>${first?.name ?? ""}</th>`), text);
  const { body } = await deals<Deal>("/deals?id=1");
  assert.ok(text.includes(`<strong>$${body.price.toFixed(2)}</strong>`), text);
  assert.match(
    headers.get("content-security-policy") ?? "",
    /^default-src 'none'; style-src 'self'; img-src 'self';/,
  );
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

for (const [path, type] of [
  ["/deals.css", "text/css"],
  ["/sock.svg", "image/svg+xml"],
] as const) {
  void test(`the page's file ${path} is there`, async () => {
    assert.ok((await page("/")).text.includes(`href="${path.slice(1)}"`));
    const { status, headers } = await page(path);
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), `${type}; charset=utf-8`);
  });
}
