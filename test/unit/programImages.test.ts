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
    ["", { shop: false, backing: [] }],
  ])("are known by whole words: %s", (text, images) => {
    expect(imagesNamedIn(["import nothing", text])).toEqual(images);
  });

  it("are the shop's here", () => {
    expect(imagesOfProgram()).toEqual({ shop: true, backing: [] });
  });
});
