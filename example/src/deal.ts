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

/** A deal for each sock, in the order of the socks' ids; the first one has the number 1. */
export function dealsOn(socks: Sock[]): Deal[] {
  return socks.toSorted(byId).map((sock, index) => dealOn(sock, index + 1));
}

function dealOn(sock: Sock, id: number): Deal {
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
