import { describe, expect, it } from "vitest";
import { wantedBy, wantedByProgram } from "../../cli/access/programImages.ts";

describe("the images that a program names", () => {
  it.each([
    [
      'uses: ["postgres", "redis"], catalogue: backingServices',
      { shop: false, backing: ["postgres", "redis"] },
    ],
    ["uses: [ postgres ]", { shop: false, backing: ["postgres"] }],
    ['import { sockShop } from "dynamic-environments";', { shop: true, backing: [] }],
    ['"postgresql", "my-redis", "redis-cli", sockShopping', { shop: false, backing: [] }],
    ["", { shop: false, backing: [] }],
  ])("are known by whole words: %s", (text, images) => {
    expect(wantedBy(["import nothing", text])).toEqual(images);
  });

  it("are the shop's here", () => {
    expect(wantedByProgram()).toEqual({ shop: true, backing: [] });
  });
});
