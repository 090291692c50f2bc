import assert from "node:assert/strict";
import { test } from "node:test";
import { deals, type Health } from "./http.ts";

void test("deals and the catalogue behind it are healthy", async () => {
  const { status, body } = await deals<Health>("/health");
  assert.equal(status, 200);
  assert.deepEqual(
    body.health.map(({ service, status }) => `${service}: ${status}`),
    ["deals: OK", "catalogue: OK"],
  );
});

const commit = process.env.EXPECTED_COMMIT;

void test(
  "the version under test is the one that was built",
  { skip: !commit && "EXPECTED_COMMIT is not set" },
  async () => {
    const { body } = await deals<{ commit: string }>("/version");
    assert.equal(body.commit, commit);
  },
);
