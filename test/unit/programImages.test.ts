import { describe, expect, it } from "vitest";
import { imagesNamedIn, imagesOfProgram } from "../../cli/access/programImages.ts";

describe("the images that a program names", () => {
  it.each([
    [
      'uses: ["postgres", "redis"], catalogue: backingServices',
      { shop: false, backing: ["postgres", "redis"] },
    ],
    ["uses: [ postgres ]", { shop: false, backing: ["postgres"] }],
    ['import { sockShop } from "dynamic-environments";', { shop: true, backing: [] }],
    ['"postgresql", "my-redis", "redis-cli", sockShopping', { shop: false, backing: [] }],
    ['"s3://state", "s3.example.com", "postgres://db"', { shop: false, backing: [] }],
    ['uses: ["s3", "mailpit"]', { shop: false, backing: ["mailpit", "s3"] }],
    [
      'db: { image: "postgres:16" }, cache: { image: "docker.io/library/redis:7.2" }, image: "postgres:16"',
      { shop: false, backing: ["postgres:16", "redis:7.2"] },
    ],
    ['uses: ["redis"], image: `valkey/valkey:8`', { shop: false, backing: ["redis", "valkey:8"] }],
    ['REDIS: "redis-x:6379", image: "ghcr.io/a/postgres:16"', { shop: false, backing: [] }],
    ["", { shop: false, backing: [] }],
  ])("are known by whole words: %s", (text, images) => {
    expect(imagesNamedIn(["import nothing", text])).toEqual(images);
  });

  it("are the shop's here", () => {
    expect(imagesOfProgram()).toEqual({ shop: true, backing: [] });
  });
});
