import { describe, expect, it } from "vitest";
import { exposedPort, exposedServices } from "../../components/model/graph/exposure.ts";
import type { Service } from "../../components/model/graph/service.ts";
import { checkServices } from "../../components/model/graph/serviceRules.ts";
import { service } from "./randomServices.ts";

const ports: Service["ports"] = {
  admin: { port: 9000 },
  dns: { port: 5353, containerPort: 5353, protocol: "UDP" },
};
const of = (more: object) => ({ ...service("web", { ports }), ...more });
const pathRule = "a path that begins with /, such as /api";

describe("a service is exposed", () => {
  it("where it says so, or says what reaches it", () => {
    const all = [
      of({ name: "a" }),
      of({ name: "b", exposed: false }),
      of({ name: "c", exposed: true }),
      of({ name: "d", exposure: {} }),
      of({ name: "e", exposed: true, exposure: { path: "/api" } }),
    ];
    expect(exposedServices(all).map(({ name }) => name)).toEqual(["c", "d", "e"]);
  });

  it("at its port, or at one that it names", () => {
    expect(exposedPort(of({ exposed: true }))).toMatchObject({ port: 80, containerPort: 8080 });
    expect(exposedPort(of({ exposure: { path: "/api" } }))).toMatchObject({ port: 80 });
    expect(exposedPort(of({ exposure: { port: "admin" } }))).toMatchObject({
      port: 9000,
      containerPort: 9000,
    });
    expect(exposedPort(of({ exposure: { port: "dns" } }))).toBeUndefined();
  });

  it.each(["/", "/api", "/api/", "/a.b/~c", "/100%25", "/a:b@c"])("at a path such as %s", (path) => {
    expect(() => {
      checkServices([of({ exposure: { path } })]);
    }).not.toThrow();
  });
});

describe("an exposure is refused", () => {
  it.each<[object, string]>([
    [
      { exposed: false, exposure: {} },
      'exposed of service "web" is false, but exposure says what reaches it: leave one of the two out',
    ],
    [
      { exposure: { port: "metrics" } },
      'exposure.port of service "web" is "metrics", which none of its ports over TCP is: known are admin, main',
    ],
    [
      { exposure: { port: "dns" } },
      'exposure.port of service "web" is "dns", which none of its ports over TCP is: known are admin, main',
    ],
    [
      { exposure: { port: "adminn" } },
      'exposure.port of service "web" is "adminn", which none of its ports over TCP is: did you mean admin?',
    ],
    [
      { port: undefined, containerPort: undefined, ports: undefined, exposed: true },
      'exposed of service "web" has no port that could be called from outside: give port, such as 80',
    ],
    [
      { port: undefined, containerPort: undefined, exposure: { path: "/api" } },
      'exposed of service "web" has no port that could be called from outside: give port, such as 80',
    ],
    ...["api", "", "/a b", "/a//b", "/../b", "/a/./b", "/a/..", "/a%2fb", "/a%2Fb", "/a#b", "/a?b", "/ä"].map(
      (path): [object, string] => [
        { exposure: { path } },
        `exposure.path of service "web" is ${JSON.stringify(path)} but must be ${pathRule}`,
      ],
    ),
    [
      { exposure: { prefix: "/api" } },
      'exposure of service "web" has the unknown key prefix: known are path, port',
    ],
    [
      { exposure: "/api" },
      'exposure of service "web" is "/api" but must be an object of path and port, such as {"path": "/api"}',
    ],
  ])("%j", (more, sentence) => {
    expect(() => {
      checkServices([of(more)]);
    }).toThrow(new Error(sentence));
  });
});
