import { deploymentMarks, timeMark } from "../../components/model/lifetime/lifeSpan.ts";
import type { Marks } from "../../components/model/objects/labels.ts";
import { shown } from "../../components/model/rules/shown.ts";
import type { Environment, Verdict, View } from "../../cli/fleet/verdict.ts";
import { environmentOf, hoursAgo, view } from "./randomFleet.ts";

const deployedAt = (hours: number) => deploymentMarks(timeMark(hoursAgo(hours)), "24h");
export const old = hoursAgo(100);
const stackOnly = (state?: Environment["state"], hasStack = true): Environment => ({
  ...{ stack: "s", hasStack, namespace: undefined },
  ...(state && { state }),
});
const ofState = (ttl: string, hours: number) =>
  stackOnly({ marks: { project: view.project, ttl }, updated: hoursAgo(hours), context: "ci" });

const aLine = "a line of 1 to 512 characters without control characters";
const aStack = "the name of an environment's stack";
const hostile: [keyof Marks, string, string][] = [
  ...["..", "../../../tmp/victim", "s\n::error::x", "x".repeat(200), "a-image", "-s", "\u001b[2J"].map(
    (stack): [keyof Marks, string, string] => ["stack", stack, aStack],
  ),
  ...["a\n::error::x", "x".repeat(600), "\u001b]0;x\u0007", "\u2028"].flatMap(
    (text): [keyof Marks, string, string][] => [
      ["ref", text, aLine],
      ["commit", text, aLine],
    ],
  ),
  ["trust", "root", "trusted or fork"],
  ["pinned", "\n::error::x", "a line of at most 512 characters"],
  ["kind", "for ever", "preview or standing"],
];

type Case = [string, Environment, Verdict, string, boolean, Partial<View>?];

/** Environments, and what is said of each. */
export const cases: Case[] = [
  ["its branch exists", environmentOf("s"), "live", "main exists", false],
  ["its tag exists", environmentOf("s", { marks: { ref: "v1" } }), "live", "v1 exists", false],
  [
    "its branch is named in full",
    environmentOf("s", { marks: { ref: "refs/heads/main" } }),
    "live",
    "refs/heads/main exists",
    false,
  ],
  [
    "it was renewed",
    environmentOf("s", { created: old, marked: hoursAgo(2), marks: deployedAt(2) }),
    ...(["live", "main exists", false] as const),
  ],
  [
    "it is of a fork",
    environmentOf("s", { marks: { ref: "somebody/deals:gone" } }),
    ...(["live", "somebody/deals:gone is of a fork, whose branches are not asked for", false] as const),
  ],
  ...["HEAD", "1/merge", "refs/pull/1/head", "pull/1", "a b", "0".repeat(40)].map((ref): Case => [
    `its ref is ${ref}`,
    environmentOf("s", { marks: { ref } }),
    ...(["live", `${ref} is not the name of a branch or tag`, false] as const),
  ]),
  [
    "git does not answer",
    environmentOf("s", { marks: { ref: "gone" } }),
    ...(["live", "git cannot ask", false] as const),
    { branches: { ...view.branches, problem: "git cannot ask" } },
  ],
  [
    "its branch is gone",
    environmentOf("s", { marks: { ref: "gone" } }),
    "orphaned",
    "origin has no branch or tag gone",
    true,
  ],
  [
    "its time is over",
    environmentOf("s", { created: old }),
    "expired",
    "its time was over at 2026-03-07T08:00:00Z",
    true,
  ],
  [
    "its last deployment is over",
    environmentOf("s", { created: old, marked: hoursAgo(30), marks: deployedAt(30) }),
    ...(["expired", "its time was over at 2026-03-10T06:00:00Z", true] as const),
  ],
  [
    "the clock that deployed it was slow",
    environmentOf("s", { created: old, marked: hoursAgo(1), marks: deployedAt(90) }),
    ...(["live", "main exists", false] as const),
  ],
  [
    "people keep it",
    environmentOf("s", { created: old, marks: { ref: "gone", pinned: "Ada" } }),
    ...(["pinned", 'dynenv/pinned is "Ada"', false] as const),
  ],
  [
    "people keep it and edited its time to live",
    environmentOf("s", { marks: { ttl: "for ever", pinned: "Ada" } }),
    ...(["pinned", 'dynenv/pinned is "Ada"', false] as const),
  ],
  [
    "it stands",
    environmentOf("s", { created: old, marks: { ref: "gone", kind: "standing" } }),
    ...(["standing", "it is a standing environment", false] as const),
  ],
  [
    "it stands, and its stack is not there",
    { ...environmentOf("s", { created: old, marks: { kind: "standing" } }), hasStack: false },
    ...(["standing", "it is a standing environment", false] as const),
  ],
  [
    "its stack is not there",
    { ...environmentOf("s"), hasStack: false },
    ...(["stateless", "this backend has no stack s, and its time is not over", false] as const),
  ],
  [
    "its stack is not there and its branch is gone",
    { ...environmentOf("s", { marks: { ref: "gone" } }), hasStack: false },
    ...(["stateless", "this backend has no stack s, and its time is not over", false] as const),
  ],
  [
    "its stack is not there and its time is over",
    { ...environmentOf("s", { created: old }), hasStack: false },
    ...(["stateless", "this backend has no stack s, and its time is over", true] as const),
  ],
  [
    "it is going",
    environmentOf("s", { created: old, isTerminating: true }),
    ...(["terminating", "its namespace is being deleted", false] as const),
  ],
  [
    "it is another project's",
    environmentOf("s", { created: old, marks: { project: "shop/other" } }),
    ...(["unclear", "it belongs to the project shop/other", false] as const),
  ],
  [
    "it is not ours",
    environmentOf("s", { created: old, isOurs: false }),
    ...(["unclear", "its namespace lacks the label app.kubernetes.io/part-of=dynenv", false] as const),
  ],
  [
    "it names another stack",
    environmentOf("s", { created: old, marks: { stack: "t" } }),
    ...(["unclear", 'dynenv/stack is "t", whose namespace would be env-t', false] as const),
  ],
  ...(["project", "stack", "ref"] as const).map((mark): Case => [
    `its mark ${mark} is empty`,
    environmentOf("s", { created: old, marks: { [mark]: "" } }),
    ...(["unclear", `the mark dynenv/${mark} is missing`, false] as const),
  ]),
  [
    "the time of its creation is missing",
    environmentOf("s", { created: new Date(0) }),
    ...(["unclear", "the cluster does not tell when it was created", false] as const),
  ],
  [
    "its time to live was edited",
    environmentOf("s", { created: old, marks: { ttl: "soon" } }),
    ...(["unclear", 'dynenv/ttl is "soon", which is not a time to live', false] as const),
  ],
  [
    "it was created in the future",
    environmentOf("s", { created: hoursAgo(-1), marks: { ref: "gone" } }),
    ...([
      "unclear",
      "it tells of 2026-03-10T13:00:00Z, but the cluster's clock says 2026-03-10T12:00:00Z",
      false,
    ] as const),
  ],
  [
    "it was deployed in the future, so that its time counts from when it was marked",
    environmentOf("s", { created: old, marks: deployedAt(-2) }),
    ...(["expired", "its time was over at 2026-03-07T08:05:00Z", true] as const),
  ],
  [
    "it was marked in the future, so that its time counts from its creation",
    environmentOf("s", { created: old, marked: hoursAgo(-1000) }),
    ...(["expired", "its time was over at 2026-03-07T08:00:00Z", true] as const),
  ],
  [
    "it is to live for ever",
    environmentOf("s", { created: hoursAgo(31 * 24), marks: { ttl: "99999d" } }),
    ...(["expired", "its time was over at 2026-03-09T12:00:00Z", true] as const),
  ],
  [
    "it is a fork's and is to live for ever",
    environmentOf("s", { created: hoursAgo(8 * 24), marks: { ttl: "99999d", trust: "fork" } }),
    ...(["expired", "its time was over at 2026-03-09T12:00:00Z", true] as const),
  ],
  [
    "it is a fork's, is to live for ever and was deployed in the far future",
    environmentOf("s", {
      created: hoursAgo(8 * 24),
      marks: { trust: "fork", ttl: "99999d", ...deploymentMarks("9999-01-01T00:00:00Z", "99999d") },
    }),
    ...(["expired", "its time was over at 2026-03-09T12:05:00Z", true] as const),
  ],
  ...hostile.map(([mark, value, must]): Case => [
    `its mark ${mark} is ${shown(value)}`,
    environmentOf("s", { created: old, marks: { [mark]: value } }),
    ...(["unclear", `dynenv/${mark} is ${shown(value)} but must be ${must}`, false] as const),
  ]),
  [
    "the cluster tells no time",
    environmentOf("s", { created: old }),
    ...(["unclear", "the cluster does not tell its time", false] as const),
    { now: undefined },
  ],
  [
    "nothing but the stack is there",
    stackOnly(),
    "empty",
    "it has no namespace env-s; `dynenv down --stack s` removes it",
    false,
  ],
  [
    "nothing but the stack of its image is there",
    stackOnly(undefined, false),
    ...(["empty", "only the stack of its image is left; `dynenv down --stack s` removes it", false] as const),
  ],
  [
    "what is called like the stack of its image is something else",
    { ...stackOnly(undefined, false), foreign: "stack s-image holds one resource" },
    ...(["unclear", "stack s-image holds one resource", false] as const),
  ],
  [
    "its stack is all there is and tells nothing",
    stackOnly({ marks: {}, updated: old, context: undefined }),
    ...([
      "empty",
      "it has no namespace env-s, and its state does not tell until when it may stay; `dynenv down --stack s` removes it",
      false,
    ] as const),
  ],
  [
    "its stack is all there is, and young",
    ofState("4h", 1),
    "empty",
    "it has no namespace env-s, and its time is not over",
    false,
  ],
  [
    "its stack is all there is, and old",
    ofState("4h", 5),
    "empty",
    "it has no namespace env-s, and its time is over",
    true,
  ],
  [
    "its stack is all there is, and of the future",
    ofState("4h", -1),
    ...([
      "unclear",
      "it tells of 2026-03-10T13:00:00Z, but the cluster's clock says 2026-03-10T12:00:00Z",
      false,
    ] as const),
  ],
  [
    "its stack is all there is, and another cluster's",
    stackOnly({ marks: { project: view.project, ttl: "4h" }, updated: old, context: "staging" }),
    ...(["unclear", "its cluster is the context staging, not ci", false] as const),
  ],
  [
    "its stack is all there is, and people keep it",
    stackOnly({
      marks: { project: view.project, ttl: "4h", pinned: "Ada" },
      ...{ updated: old, context: "ci" },
    }),
    ...(["pinned", 'dynenv/pinned is "Ada"', false] as const),
  ],
  [
    "its stack is all there is, and another project's",
    stackOnly({ marks: { project: "shop/other", ttl: "4h" }, updated: old, context: "ci" }),
    ...(["unclear", "it belongs to the project shop/other", false] as const),
  ],
];
