import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipBlock } from "../../components/model/egress.ts";
import { addressOf, holds, rangeOf, type AddressRange } from "./addressRange.ts";
import "./seed.ts";

/** What clouds document: all link-local addresses, and some outside of these; and IPv4 addresses written as IPv6. */
const metadata = [
  ...["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32"],
  ...["fe80::/10", "fd00:ec2::/32", "fd20:ce::254/128", "::ffff:0:0/96"],
].map(rangeOf);
const documented = [
  ["169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.0", "169.254.255.255"],
  ["168.63.129.16", "fd20:ce::254", "fd00:ec2::23", "::ffff:169.254.169.254", "::ffff:100.100.100.200"],
  ["100.100.100.200", "fd00:ec2::254", "fe80::1", "fe80::a9fe:a9fe", "febf:ffff::ffff"],
].flat();
const ordinary = [
  "203.0.113.7",
  "10.0.0.1",
  "169.253.255.255",
  "169.255.0.0",
  "100.100.100.201",
  "168.63.129.17",
];
const ordinaryIpV6 = [
  "2001:db8::1",
  "fd00:ec1::",
  "fd20:ce::253",
  "fec0::",
  "fe7f:ffff::",
  "::1",
  "::fffe:0:0",
];

/** Prefixes of any length of any address, often of one that is near to an address of metadata. */
const cidrs = fc
  .oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...documented, ...ordinary, ...ordinaryIpV6))
  .chain((address) =>
    fc.nat(address.includes(":") ? 128 : 32).map((prefix) => `${address}/${String(prefix)}`),
  );

interface Block {
  range: AddressRange;
  except: AddressRange[];
}

/** Nothing where the egress is refused. */
function blockOf(cidr: string): Block | undefined {
  try {
    const block = ipBlock({ cidr, port: 443 });
    return { range: rangeOf(block.cidr), except: (block.except ?? []).map(rangeOf) };
  } catch {
    return undefined;
  }
}

function reaches({ range, except }: Block, address: AddressRange): boolean {
  return holds(range, address) && !except.some((one) => holds(one, address));
}

describe("the addresses of an egress", () => {
  it("never hold one of a cloud's metadata, whatever the egress names", () => {
    fc.assert(
      fc.property(cidrs, (cidr) => {
        const block = blockOf(cidr);
        const reached = documented.filter((text) => block !== undefined && reaches(block, addressOf(text)));
        expect(reached).toEqual([]);
      }),
    );
  });

  it("are all that it names but these", () => {
    fc.assert(
      fc.property(cidrs, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (cidr, offset) => {
        const range = rangeOf(cidr);
        const size = range.last - range.first + 1n;
        const first = range.first + (offset % size);
        const address = { bits: range.bits, first, last: first };
        fc.pre(!metadata.some((one) => holds(one, address)));
        const block = blockOf(cidr);
        expect(block).toBeDefined();
        expect(block && reaches(block, address)).toBe(true);
      }),
    );
  });

  it("leave out ranges that are smaller than the whole, as Kubernetes demands, and only where there are some", () => {
    fc.assert(
      fc.property(cidrs, (cidr) => {
        const block = blockOf(cidr);
        if (block === undefined) return;
        const { range, except } = block;
        expect(range).toEqual(rangeOf(cidr));
        expect(except.filter((one) => !holds(range, one) || holds(one, range))).toEqual([]);
        expect("except" in ipBlock({ cidr, port: 443 })).toBe(except.length > 0);
      }),
    );
  });
});

describe("an egress", () => {
  it("is refused if and only if nothing but metadata is left of it", () => {
    fc.assert(
      fc.property(cidrs, (cidr) => {
        const isMetadata = metadata.some((one) => holds(one, rangeOf(cidr)));
        expect(blockOf(cidr) === undefined).toBe(isMetadata);
      }),
    );
  });

  it.each([
    ...["169.254.169.254/32", "169.254.0.0/16", "169.254.128.0/17", "100.100.100.200/32", "168.63.129.16/32"],
    ...["fe80::/64", "fd00:ec2::23/128", "fd20:ce::254/128"],
    ...["::ffff:169.254.169.254/128", "::ffff:100.100.100.200/128", "::ffff:203.0.113.7/128"],
  ])("to %s is refused in one sentence", (cidr) => {
    expect(() => ipBlock({ cidr, port: 80 })).toThrow(
      new Error(
        `egress to ${cidr} is never permitted: it is a cloud's metadata address; name another one, such as 203.0.113.0/24`,
      ),
    );
  });

  it.each([
    ["0.0.0.0/0", ["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32"]],
    ["168.63.129.0/24", ["168.63.129.16/32"]],
    ["169.254.0.0/15", ["169.254.0.0/16"]],
    ["100.64.0.0/10", ["100.100.100.200/32"]],
    ["::/0", ["fe80::/10", "fd00:ec2::/32", "fd20:ce::254/128", "::ffff:0:0/96"]],
    ["fd20:ce::254/127", ["fd20:ce::254/128"]],
  ])("to %s leaves out %j", (cidr, except) => {
    expect(ipBlock({ cidr, port: 443 })).toEqual({ cidr, except });
  });

  it.each(["203.0.113.0/24", "169.253.0.0/16", "2001:db8::/32"])("to %s leaves nothing out", (cidr) => {
    expect(ipBlock({ cidr, port: 443 })).toEqual({ cidr });
  });
});
