import { describe, expect, it } from "vitest";
import { wantedBy, wantedByProgram } from "../../cli/access/programImages.ts";

describe("what a program names", () => {
  it.each([
    [
      'uses: ["postgres", "redis"], catalogue: backingServices',
      { shop: false, backing: ["postgres", "redis"], gateway: false },
    ],
    ["uses: [ postgres ]", { shop: false, backing: ["postgres"], gateway: false }],
    ['import { sockShop } from "dynamic-environments";', { shop: true, backing: [], gateway: false }],
    ['"postgresql", "my-redis", "redis-cli", sockShopping', { shop: false, backing: [], gateway: false }],
    ["deals: { port: 80, exposed: true }", { shop: false, backing: [], gateway: true }],
    ['deals: { port: 80, exposure: { path: "/api" } }', { shop: false, backing: [], gateway: true }],
    ["the port is exposedToNobody", { shop: false, backing: [], gateway: false }],
    ["", { shop: false, backing: [], gateway: false }],
  ])("are known by whole words: %s", (text, images) => {
    expect(wantedBy(["import nothing", text])).toEqual(images);
  });

  it("are the shop's here", () => {
    expect(wantedByProgram()).toEqual({ shop: true, backing: [], gateway: true });
  });
});
