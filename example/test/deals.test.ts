import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue, deals, type Deal, type Sock } from "./http.ts";

interface Refusal {
  error: string;
}

async function catalogueSize(): Promise<number> {
  return (await catalogue<{ size: number }>("/catalogue/size")).size;
}

async function allDeals(): Promise<Deal[]> {
  const found: Deal[] = [];
  const size = await catalogueSize();
  for (let id = 1; id <= size; id++) {
    const { status, body } = await deals<Deal>(`/deals?id=${String(id)}`);
    assert.equal(status, 200, JSON.stringify(body));
    found.push(body);
  }
  return found;
}

void test("every sock of the catalogue has one deal, in the order of the ids", async () => {
  const ids = (await allDeals()).map((deal) => deal.sock.id);
  assert.ok(ids.length > 0, "the catalogue is empty");
  assert.deepEqual(ids, [...new Set(ids)].sort());
});

void test("every deal names a sock as the catalogue has it", async () => {
  for (const { sock } of await allDeals()) {
    const { id, name, price } = await catalogue<Sock>(`/catalogue/${sock.id}`);
    assert.deepEqual(sock, { id, name, price });
  }
});

void test("every price is the sock's, less the discount, in whole cents", async () => {
  for (const { id, discount, price, sock } of await allDeals()) {
    const exact = (sock.price * (100 - discount)) / 100;
    assert.ok(
      Number.isInteger(discount) && discount > 0 && discount < 100,
      `deal ${String(id)}: ${String(discount)} %`,
    );
    assert.ok(
      Math.abs(price - exact) < 0.00501,
      `deal ${String(id)}: ${String(price)} instead of ${String(exact)}`,
    );
    assert.equal(price, Number(price.toFixed(2)));
  }
});

for (const query of ["", "?id=", "?id=0", "?id=-1", "?id=1.5", "?id=one", "?id=1%20OR%201"]) {
  void test(`"/deals${query}" is refused with one sentence`, async () => {
    const { status, body } = await deals<Refusal>(`/deals${query}`);
    assert.equal(status, 400);
    assert.match(body.error, /^The parameter id .+\.$/);
  });
}

void test("beyond the catalogue's end there is no deal", async () => {
  const { status, body } = await deals<Refusal>(`/deals?id=${String((await catalogueSize()) + 1)}`);
  assert.equal(status, 404);
  assert.match(body.error, /^There is no deal \d+\.$/);
});

void test("there is nothing at an unknown path", async () => {
  assert.equal((await deals<Refusal>("/nothing")).status, 404);
});

void test("deals cannot be changed", async () => {
  assert.equal((await deals<Refusal>("/deals?id=1", "POST")).status, 405);
});
