import { describe, expect, it } from "vitest";
import { wantedBy, wantedByProgram } from "../../cli/access/programImages.ts";

describe("what a program names", () => {
  it.each([
    ['uses: ["postgres", "redis"], catalogue: backingServices', { backing: ["postgres", "redis"] }],
    ["uses: [ postgres ]", { backing: ["postgres"] }],
    ['import { sockShop } from "dynamic-environments";', { shop: true }],
    ['"postgresql", "my-redis", "redis-cli", sockShopping', {}],
    ['"s3://state", "s3.example.com", "postgres://db"', {}],
    ['uses: ["s3", "mailpit"]', { backing: ["mailpit", "s3"] }],
    [
      'db: { image: "postgres:16" }, cache: { image: "docker.io/library/redis:7.2" }, image: "postgres:16"',
      { backing: ["postgres:16", "redis:7.2"] },
    ],
    ['uses: ["redis"], image: `valkey/valkey:8`', { backing: ["redis", "valkey:8"] }],
    ['REDIS: "redis-x:6379", image: "ghcr.io/a/postgres:16"', {}],
    ["deals: { port: 80, exposed: true }", { gateway: true }],
    ['deals: { port: 80, exposure: { path: "/api" } }', { gateway: true }],
    ["the port is exposedToNobody", {}],
    ["", {}],
  ])("are known by whole words: %s", (text, wanted) => {
    const nothing = { shop: false, backing: [], gateway: false };
    expect(wantedBy(["import nothing", text])).toEqual({ ...nothing, ...wanted });
  });

  it("are the shop's here", () => {
    expect(wantedByProgram()).toEqual({ shop: true, backing: [], gateway: true });
  });
});
