import { describe, expect, it } from "vitest";
import { accesses, permissions, type Use } from "../../cli/access/permissions.ts";
import { roles } from "../../components/model/objects/access.ts";

/** All that a run cannot do without; what finds a gateway is not asked for. */
const all: Use[] = ["up", "down", "test", "people", "route", "ingress"];
const keys = (uses: Use[]) =>
  accesses(uses).map(({ apiGroup, resource, verb }) => `${apiGroup}/${resource} ${verb}`);

describe("the permissions of the CI identity", () => {
  it("have no wildcard and nothing that gives more of them", () => {
    const text = JSON.stringify(permissions.map(({ why: _why, ...permission }) => permission));
    expect(text).not.toMatch(/\*|escalate|bind"|impersonate|token|clusterrole|webhook|nodes/);
  });

  it("hold what an environment's own roles grant", () => {
    const granted = Object.values(roles).flatMap((rules) =>
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
        ),
      ),
    );
    expect(granted.filter((access) => !keys(all).includes(access))).toEqual([]);
  });

  it("list and watch whatever they delete: the provider waits for it", () => {
    const deletable = keys(["up", "down", "test"]).filter((access) => access.endsWith(" delete"));
    for (const access of deletable)
      for (const verb of ["get", "list", "watch"])
        expect(keys(all)).toContain(access.replace(/delete$/, verb));
  });

  it("are each asked for once, in the whole cluster where one use needs that", () => {
    const needed = accesses(all);
    expect(new Set(keys(all)).size).toBe(needed.length);
    const inCluster = needed.filter(({ scope }) => scope === "cluster");
    expect(inCluster.map(({ resource, verb }) => `${verb} ${resource}`)).toEqual([
      "create namespaces",
      "list namespaces",
      "watch namespaces",
      "update namespaces/finalizers",
      "list events",
      "watch events",
    ]);
  });

  it("find a gateway by looking alone", () => {
    expect(keys(["find"]).filter((access) => !/ (get|list)$/.test(access))).toEqual([]);
    expect(keys(["find"])).toContain("gateway.networking.k8s.io/gateways list");
  });

  it("of a removal are some of those of an update", () => {
    expect(keys(["down"]).filter((access) => !keys(["up"]).includes(access))).toEqual([]);
  });
});
