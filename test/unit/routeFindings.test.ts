import { describe, expect, it } from "vitest";
import { withRoute } from "../../cli/diagnosis/rules/route.ts";
import type { RouteObject } from "../../cli/kubernetes/route.ts";

const finding = {
  ...{ cause: "no-address" as const, service: "web", object: "Job/readiness" },
  evidence: "the gateway answers 404 for https://env-a.example.com/",
};
const state = { pods: [], deployments: [], jobs: [], events: [], networkPolicies: [], deleted: [] };
const condition = (type: string, status: string, reason: string, message = "") => ({
  type,
  status,
  reason,
  message,
});
const named = (name: string, status?: object): RouteObject =>
  JSON.parse(JSON.stringify({ metadata: { name }, status })) as RouteObject;
const route = (name: string, ...conditions: object[]) => named(name, { parents: [{ conditions }] });
const evidenceOf = (...routes: RouteObject[]) => withRoute(finding, { ...state, routes }).evidence;

describe("an address that does not answer", () => {
  it("is told with what the gateway says of its route", () => {
    const accepted = condition("Accepted", "True", "Accepted");
    const unresolved = condition("ResolvedRefs", "False", "BackendNotFound", 'service "web" not\nfound');
    expect(withRoute(finding, { ...state, routes: [route("web", accepted, unresolved)] })).toEqual({
      ...{ ...finding, object: "HTTPRoute/web" },
      evidence: `${finding.evidence}; its route has ResolvedRefs False: BackendNotFound: service "web" not found`,
    });
    expect(evidenceOf(route("web", condition("Accepted", "False", "NotAllowedByListeners")))).toBe(
      `${finding.evidence}; its route has Accepted False: NotAllowedByListeners`,
    );
  });

  it("is told to have no gateway where none has taken up its route", () => {
    expect(evidenceOf(named("web"))).toBe(`${finding.evidence}; no gateway has taken up its route`);
  });

  it("is told alone where the gateway finds nothing wrong, or nobody may look", () => {
    expect(evidenceOf(route("web", condition("Accepted", "True", "Accepted")))).toBe(finding.evidence);
    expect(evidenceOf(route("api", condition("Accepted", "False", "NoMatchingParent")))).toBe(
      finding.evidence,
    );
    expect(withRoute(finding, state)).toEqual(finding);
    const other = { ...finding, cause: "no-answer" as const };
    expect(withRoute(other, { ...state, routes: [named("web")] })).toEqual(other);
  });
});
