import { addressOf, holds, rangeOf, textOf, type AddressRange } from "../unit/addressRange.ts";

/** Addresses that a network policy opens. */
export interface IpBlock {
  cidr: string;
  except?: string[];
}

/** Whether netpol-analyzer wrote it for addresses: `10.0.0.0-10.255.255.255`. */
export function isRange(text: string): boolean {
  return /^[\d.]+-[\d.]+$/.test(text);
}

/** The IPv4 addresses of a block in the form of netpol-analyzer. */
export function rangesOf({ cidr, except = [] }: IpBlock): string[] {
  const holes = except.map(rangeOf);
  const [first, last] = [rangeOf(cidr).first, rangeOf(cidr).last];
  const starts = [first, ...holes.map((hole) => hole.last + 1n)].filter((start) => start <= last);
  return starts
    .map((start): AddressRange => {
      const ends = holes.map((hole) => hole.first - 1n).filter((end) => end >= start);
      return { bits: 32, first: start, last: [last, ...ends].reduce((one, end) => (end < one ? end : one)) };
    })
    .filter((range) => !holes.some((hole) => holds(hole, { ...range, last: range.first })))
    .map(written);
}

/** Ranges that touch or overlap become one. */
export function merged(ranges: string[]): string[] {
  const sorted = ranges.map(read).sort((one, other) => (one.first < other.first ? -1 : 1));
  const all: AddressRange[] = [];
  for (const range of sorted) {
    const before = all.at(-1);
    if (before === undefined || range.first > before.last + 1n) all.push(range);
    else if (range.last > before.last) before.last = range.last;
  }
  return all.map(written);
}

function read(range: string): AddressRange {
  const [first = "", last = ""] = range.split("-");
  return { bits: 32, first: addressOf(first).first, last: addressOf(last).last };
}

function written({ first, last }: AddressRange): string {
  return [first, last].map((end) => textOf({ bits: 32, first: end, last: end }).replace("/32", "")).join("-");
}
