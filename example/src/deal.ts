import type { Sock } from "./catalogue.ts";

export interface Deal {
  id: number;
  /** Per cent. */
  discount: number;
  /** What the sock costs with the discount, rounded to cents. */
  price: number;
  sock: Sock;
}

const discounts = [10, 15, 20, 25, 30] as const;

/** Deal number `id`: the sock at this place, from 1, of the list sorted by id. */
export function findDeal(id: number, socks: Sock[]): Deal | undefined {
  const sock = socks.toSorted(byId)[id - 1];
  if (sock === undefined) return undefined;
  const discount = discountOf(id);
  return {
    id,
    discount,
    price: Math.round(sock.price * (100 - discount)) / 100,
    sock: { id: sock.id, name: sock.name, price: sock.price },
  };
}

function discountOf(id: number): number {
  return discounts[(id - 1) % discounts.length] ?? discounts[0];
}

function byId(a: Sock, b: Sock): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
