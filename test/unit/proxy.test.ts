import { describe, expect, it } from "vitest";
import { proxyFor } from "../../foundation/proxy.ts";

const proxy = "http://proxy.example:3128";
const https = (host: string) => new URL(`https://${host}`);

describe("the proxy of an address", () => {
  it("is that of its protocol, in either case, and http where it names none", () => {
    const variables = { HTTPS_PROXY: "secure:1", http_proxy: "socks5://clear:2" };
    expect(proxyFor(https("a.example"), variables)).toBe("http://secure:1");
    expect(proxyFor(new URL("http://a.example"), variables)).toBe("socks5://clear:2");
    expect(proxyFor(https("a.example"), { HTTPS_PROXY: "", https_proxy: proxy })).toBe(proxy);
    expect(proxyFor(https("a.example"), {})).toBeUndefined();
    expect(proxyFor(https("a.example"), { HTTPS_PROXY: "http://" })).toBeUndefined();
  });

  it.each(["localhost", "127.0.0.1:6443", "127.9.9.9", "[::1]:6443"])(
    "is none on this machine: %s",
    (host) => {
      expect(proxyFor(https(host), { HTTPS_PROXY: proxy })).toBeUndefined();
    },
  );

  // What golang.org/x/net/http/httpproxy answers to the same.
  it.each<[exceptions: string, host: string, isDirect: boolean]>([
    ["*", "a.example", true],
    ["a.example", "a.example", true],
    ["a.example", "b.a.example", true],
    ["a.example", "xa.example", false],
    [".a.example", "a.example", false],
    [".a.example", "b.a.example", true],
    ["*.a.example", "b.a.example", true],
    [" x , A.Example ", "a.example", true],
    ["a.example:6443", "a.example:6443", true],
    ["a.example:6443", "a.example", false],
    ["a.example:443", "a.example", true],
    ["10.0.0.0/8", "10.1.2.3:6443", true],
    ["10.0.0.0/8", "11.1.2.3", false],
    ["10.0.0.0/33", "10.1.2.3", false],
    ["10.1.2.3", "10.1.2.3:6443", true],
    ["10.1.2.3:443", "10.1.2.3:6443", false],
    ["0.0.0.0/0", "[2001:db8::5]", false],
    ["::/0", "10.1.2.3", false],
    ["2001:db8::/32", "[2001:db8::5]:6443", true],
    ["2001:db8::5", "[2001:db8::5]", true],
    ["[2001:db8::5]:6443", "[2001:db8::5]:6443", true],
    ["example", "10.1.2.3", false],
    [",:443,.,*.", "a.example", false],
  ])("with NO_PROXY=%s, for %s: directly %s", (NO_PROXY, host, isDirect) => {
    expect(proxyFor(https(host), { HTTPS_PROXY: proxy, NO_PROXY })).toBe(isDirect ? undefined : proxy);
    expect(proxyFor(https(host), { HTTPS_PROXY: proxy, no_proxy: NO_PROXY })).toBe(
      isDirect ? undefined : proxy,
    );
  });
});
