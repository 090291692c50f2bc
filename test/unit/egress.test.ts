import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipBlock } from "../../components/model/graph/egress.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { addressOf, holds, rangeOf, textOf, type AddressRange } from "./addressRange.ts";
import { rules } from "./kubernetesRules.ts";
import { service } from "./randomServices.ts";
import "./seed.ts";

/** IPv6 prefixes behind which a translator finds an IPv4 address, and how many bits come before it. */
const translators: [string, number][] = [
  ["64:ff9b::", 96],
  ["::ffff:0:0:0", 96],
  ["::", 96],
  ["2002::", 16],
];

/** A range of IPv4 addresses as a translator's range of IPv6 addresses. */
function translated(range: AddressRange, [prefix, before]: [string, number]): AddressRange {
  const shift = BigInt(128 - before - 32);
  const base = addressOf(prefix).first;
  const first = base + (range.first << shift);
  return { bits: 128, first, last: base + ((range.last + 1n) << shift) - 1n };
}

/** What clouds document: all link-local addresses, and some outside of these. */
const metadataIpV4 = ["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32"].map(rangeOf);
const metadata = [
  ...metadataIpV4,
  ...["fe80::/10", "fd00:ec2::/32", "fd20:ce::254/128"].map(rangeOf),
  ...translators.flatMap((translator) => metadataIpV4.map((range) => translated(range, translator))),
  // Where the address is in these, the network or the other end says.
  ...["64:ff9b:1::/48", "2001::/32"].map(rangeOf),
];
const nowhere = ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/127", "ff00::/8"].map(rangeOf);
const documentedIpV4 = [
  ["169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.0", "169.254.255.255"],
  ["168.63.129.16", "100.100.100.200"],
].flat();
const documented = [
  ...documentedIpV4,
  ...["fd20:ce::254", "fd00:ec2::23", "fd00:ec2::254", "fe80::1", "fe80::a9fe:a9fe", "febf:ffff::ffff"],
  ...[
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::169.254.169.254",
    "64:ff9b:1:a9fe:a9:fe00::",
    "2002:a9fe:a9fe::1",
  ],
  ...["::169.254.169.254", "::ffff:0:169.254.169.254", "2002:6464:64c8::", "2001::5601:5601"],
];
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
  "64:ff9b::203.0.113.7",
  "64:ff9b:2::1",
  "2002:cb00:7107::1",
  "2001:1::1",
  "::1:0:0:0",
  "::fffe:0:0",
];

/** IPv4 addresses in the form of IPv6. */
const mapped = rangeOf("::ffff:0:0/96");

/** The older of the two forms, which is deprecated (RFC 4291, 2.5.5.1) and refused, too. */
const compatible = /^::\d+\.\d+\.\d+\.\d+\//;

/** Prefixes of any length of any address, often of one that is near to an address of metadata. */
const prefixes = fc
  .oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...documented, ...ordinary, ...ordinaryIpV6))
  .chain((address) =>
    fc.nat(address.includes(":") ? 128 : 32).map((prefix) => `${address}/${String(prefix)}`),
  )
  .filter((cidr) => !holds(mapped, rangeOf(cidr)) && !compatible.test(cidr));

/** Those that the API server takes: without bits behind the prefix. */
const cidrs = prefixes.map((cidr) => textOf(rangeOf(cidr)));

const accepts = (cidr: string) => () => {
  checkServices([service("deals", { egress: [{ cidr, port: 443 }] })]);
};

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

const byStart = (a: AddressRange, b: AddressRange) => (a.first < b.first ? -1 : 1);

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
        fc.pre(!nowhere.some((one) => holds(one, range)));
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
  it("may name any network, and nothing that has bits behind its prefix", () => {
    fc.assert(
      fc.property(prefixes, (cidr) => {
        const [address = ""] = cidr.split("/");
        const isNetwork = rangeOf(cidr).first === addressOf(address).first;
        if (isNetwork) expect(accepts(cidr)).not.toThrow();
        else
          expect(accepts(cidr)).toThrow(
            new Error(
              `egress[0].cidr of service "deals" is "${cidr}" but must be a network with a prefix length, such as 203.0.113.0/24 or 2001:db8::/32`,
            ),
          );
        expect(accepts(textOf(rangeOf(cidr)))).not.toThrow();
      }),
    );
  });

  it.each(["::ffff:192.0.2.1/128", "::192.0.2.1/128"])("does not name an IPv4 address as %s", (cidr) => {
    expect(accepts(cidr)).toThrow(/must be a network with a prefix length/);
  });

  it("is refused if and only if no other machine, or nothing but metadata, is left of it", () => {
    fc.assert(
      fc.property(cidrs, (cidr) => {
        const isRefused = [...metadata, ...nowhere].some((one) => holds(one, rangeOf(cidr)));
        expect(blockOf(cidr) === undefined).toBe(isRefused);
      }),
    );
  });

  it.each([
    ...["169.254.169.254/32", "169.254.0.0/16", "169.254.128.0/17", "100.100.100.200/32", "168.63.129.16/32"],
    ...["fe80::/64", "fd00:ec2::23/128", "fd20:ce::254/128", "64:ff9b::a9fe:a9fe/128", "64:ff9b:1:ffff::/64"],
    ...["2002:a9fe:a9fe::/48", "2002:6464:64c8:1::/64", "2001:0:1::/48", "::ffff:0:a9fe:0/112"],
  ])("to %s is refused in one sentence", (cidr) => {
    expect(() => ipBlock({ cidr, port: 80 })).toThrow(
      new Error(
        `egress to ${cidr} is never permitted: it leads to a cloud's metadata address; name another one, such as 203.0.113.0/24`,
      ),
    );
  });

  it.each([
    ["0.0.0.0/0", ["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32"]],
    ["168.63.129.0/24", ["168.63.129.16/32"]],
    ["169.254.0.0/15", ["169.254.0.0/16"]],
    ["100.64.0.0/10", ["100.100.100.200/32"]],
    ["fc00::/7", ["fd00:ec2::/32", "fd20:ce::254/128"]],
    ["64:ff9b::/96", ["64:ff9b::a9fe:0/112", "64:ff9b::6464:64c8/128", "64:ff9b::a83f:8110/128"]],
    ["2002::/16", ["2002:a9fe::/32", "2002:6464:64c8::/48", "2002:a83f:8110::/48"]],
    ["fd20:ce::254/127", ["fd20:ce::254/128"]],
  ])("to %s leaves out %j", (cidr, except) => {
    expect(ipBlock({ cidr, port: 443 })).toEqual({ cidr, except });
  });

  it("to all of IPv6 leaves out each form of a metadata address", () => {
    const except = ipBlock({ cidr: "::/0", port: 443 }).except ?? [];
    expect(except.map(rangeOf).sort(byStart)).toEqual(
      metadata.filter(({ bits }) => bits === 128).sort(byStart),
    );
  });

  it.each([
    "127.0.0.1/32",
    "0.0.0.0/32",
    "224.0.0.251/32",
    "255.255.255.255/32",
    "::1/128",
    "::/128",
    "ff02::/16",
  ])("to %s leads nowhere", (cidr) => {
    expect(() => ipBlock({ cidr, port: 80 })).toThrow(
      new Error(
        `egress to ${cidr} leads nowhere: it is not an address of another machine; name one, such as 203.0.113.0/24`,
      ),
    );
  });

  it.each(["203.0.113.0/24", "169.253.0.0/16", "2001:db8::/32"])("to %s leaves nothing out", (cidr) => {
    expect(ipBlock({ cidr, port: 443 })).toEqual({ cidr });
  });
});

describe("the rule for blocks of addresses", () => {
  const policy = (ipBlock: object) => ({
    ...{ kind: "NetworkPolicy", name: "a", metadata: {} },
    content: { spec: { egress: [{ to: [{ ipBlock }] }] } },
  });

  it.each<[string, string[], string[]]>([
    ["::/0", ["fe80::/10"], []],
    ["0.0.0.0/0", ["169.254.0.0/16", "100.100.100.200/32"], []],
    ["::/0", ["::ffff:0:0/96"], ["::ffff:0:0/96"]],
    ["::/0", ["169.254.0.0/16"], ["except 169.254.0.0/16 of ::/0"]],
    ["10.0.0.0/8", ["10.0.0.0/8"], ["except 10.0.0.0/8 of 10.0.0.0/8"]],
    ["10.0.0.0/8", ["11.0.0.0/16", "10.1.0.0/16"], ["except 11.0.0.0/16 of 10.0.0.0/8"]],
    ["10.1.2.3/8", [], ["10.1.2.3/8"]],
    ["::ffff:10.0.0.0/104", [], ["::ffff:10.0.0.0/104"]],
    ["::/0", ["fe80::1/10"], ["fe80::1/10"]],
  ])("judges %s but for %j", (cidr, except, wrong) => {
    expect(rules.blocks?.([policy({ cidr, except })])).toEqual(
      wrong.map((line) => `NetworkPolicy/a: ${line}`),
    );
  });
});
