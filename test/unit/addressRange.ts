/** Addresses of one family, from the first to the last, as numbers. */
export interface AddressRange {
  bits: 32 | 128;
  first: bigint;
  last: bigint;
}

/** The range that a text such as `10.0.0.0/8` or `2001:db8::/32` names; bits behind the prefix do not count. */
export function rangeOf(cidr: string): AddressRange {
  const [text = "", prefix = ""] = cidr.split("/");
  const { bits, first } = addressOf(text);
  const size = 1n << BigInt(bits - Number(prefix));
  const network = first - (first % size);
  return { bits, first: network, last: network + size - 1n };
}

/** The range of one address. */
export function addressOf(text: string): AddressRange {
  const bits = text.includes(":") ? 128 : 32;
  const number = bits === 32 ? numberOf(text.split("."), 8n) : numberOf(groups(text), 16n);
  return { bits, first: number, last: number };
}

/** The text of a range as the API server takes it: its first address, without bits behind the prefix. */
export function textOf({ bits, first, last }: AddressRange): string {
  const width = bits === 32 ? 8 : 16;
  const parts = Array.from({ length: bits / width }, (_, index) =>
    ((first >> BigInt(bits - width * (index + 1))) % (1n << BigInt(width))).toString(bits === 32 ? 10 : 16),
  );
  const prefix = bits - (last - first + 1n).toString(2).length + 1;
  return `${parts.join(bits === 32 ? "." : ":")}/${String(prefix)}`;
}

/** Whether all of `inner` is in `outer`. */
export function holds(outer: AddressRange, inner: AddressRange): boolean {
  return outer.bits === inner.bits && outer.first <= inner.first && inner.last <= outer.last;
}

/** The eight groups of an IPv6 address, written in hexadecimal digits. */
function groups(text: string): string[] {
  const [left = "", right] = text.split("::");
  const before = sixteenBits(left);
  const after = sixteenBits(right ?? "");
  const zeros = Array<string>(8 - before.length - after.length).fill("0x0");
  return [...before, ...zeros, ...after];
}

/** Its last two groups may be written as an IPv4 address. */
function sixteenBits(text: string): string[] {
  const parts = text.split(":").filter((part) => part !== "");
  return parts.flatMap((part) => {
    if (!part.includes(".")) return `0x${part}`;
    const number = numberOf(part.split("."), 8n);
    return [String(number >> 16n), String(number & 0xffffn)];
  });
}

function numberOf(digits: string[], bitsEach: bigint): bigint {
  return digits.reduce((number, digit) => (number << bitsEach) + BigInt(digit), 0n);
}
