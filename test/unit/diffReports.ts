import type { DiffReport } from "../../cli/release/diffReport.ts";

/** Two environments with a difference of each sort. */
export const plainReport: DiffReport = {
  sides: [
    {
      ...{ name: "staging", kind: "stack", release: "1.1.0" },
      ...{ commit: "2".repeat(40), deployed: "2026-03-01T12:00:00Z" },
    },
    {
      ...{ name: "production", kind: "stack", release: "1.0.0" },
      ...{ commit: "1".repeat(40), deployed: "2026-02-01T12:00:00Z" },
    },
  ],
  images: [{ path: "deals", from: "deals@sha256:22222222", to: "deals@sha256:11111111" }],
  graph: [],
  settings: [{ path: "dynenv:scale.deals.replicas", to: 3 }],
  objects: [
    { object: "ConfigMap/old", path: "", from: { kind: "ConfigMap" }, reason: "release" },
    { object: "Deployment/deals", path: "spec.replicas", from: 1, to: 3, reason: "settings" },
  ],
  drift: [
    {
      stack: "staging",
      cluster: { context: "cluster-1", version: "v1.36.0" },
      notes: [],
      objects: [
        {
          object: "Deployment/deals",
          what: "changed",
          differences: [{ path: "spec.replicas", from: 1, to: 5 }],
        },
        { object: "NetworkPolicy/default-deny", what: "missing", differences: [] },
      ],
    },
    { stack: "production", notes: [], objects: [] },
  ],
  notes: ["production was not compared with its cluster: it is another one"],
};

const hostile = `<script>document.title = "stolen"</script><img src="http://192.0.2.1/x" onerror="alert(1)">'"&`;

/** The same with texts everywhere that would do something in a page, and long ones. */
export const hostileReport: DiffReport = {
  ...plainReport,
  sides: plainReport.sides.map((side) => ({ ...side, name: `${side.name}${hostile}` })),
  images: [{ path: hostile, from: hostile, to: hostile.repeat(20) }],
  settings: [{ path: `" onmouseover="alert(1)`, from: hostile, to: `${"a".repeat(3000)} ${hostile}` }],
  objects: [
    {
      object: `Deployment/${hostile}`,
      path: "spec",
      from: `${"b\n".repeat(200)}1`,
      to: `${"b\n".repeat(200)}2`,
      reason: "release",
    },
  ],
  notes: [hostile],
};
