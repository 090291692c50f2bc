import { describe, expect, it } from "vitest";
import { diffPage } from "../../cli/release/diffPage.ts";
import { diffLines } from "../../cli/release/diffText.ts";
import { shortTexts } from "../../cli/release/diffValues.ts";
import { hostileReport, plainReport } from "./diffReports.ts";

describe("two long values", () => {
  const same = "a".repeat(500);

  it.each([
    [
      [1, undefined],
      ["1", "-"],
    ],
    [
      ["", "-"],
      ['""', '"-"'],
    ],
    [
      ["a\nb", "a b"],
      [String.raw`"a\nb"`, "a b"],
    ],
    [
      [{ a: 1 }, [1]],
      ['{"a":1}', "[1]"],
    ],
    [
      [`${same}1`, `${same}2`],
      ["…aaaaaaaaaaaa1", "…aaaaaaaaaaaa2"],
    ],
    [
      [`1${same}`, `2${same}`],
      [`1${"a".repeat(18)}…`, `2${"a".repeat(18)}…`],
    ],
    [
      [`r@sha256:${"1".repeat(64)}`, `r@sha256:${"2".repeat(64)}`],
      [`r@sha256:${"1".repeat(11)}`.slice(0, 19) + "…", `r@sha256:${"2".repeat(11)}`.slice(0, 19) + "…"],
    ],
  ])("%#: are cut to where they differ", ([from, to], shown) => {
    expect(shortTexts(from, to, 20)).toEqual(shown);
  });

  it("that differ in the end of a digest alone are not shown as one", () => {
    const digest = (end: string) => `sha256:${"1".repeat(63)}${end}`;
    const [one, other] = shortTexts(digest("1"), digest("2"), 44);
    expect(one).not.toBe(other);
  });
});

it("a report is a few aligned lines", () => {
  expect(diffLines(plainReport)).toEqual([
    "staging     release 1.1.0 of commit 222222222222, deployed 2026-03-01 12:00",
    "production  release 1.0.0 of commit 111111111111, deployed 2026-02-01 12:00",
    "",
    "Images: 1 difference",
    "         staging                production",
    "  deals  deals@sha256:22222222  deals@sha256:11111111",
    "",
    "Graph: the same",
    "",
    "Settings: 1 difference",
    "                               staging  production",
    "  dynenv:scale.deals.replicas  -        3",
    "",
    "Objects: 2 differences: 1 by settings, 1 by the release",
    "                   staging  production",
    "  ConfigMap/old",
    "    all of it      there    -           release",
    "  Deployment/deals",
    "    spec.replicas  1        3           settings",
    "",
    "Drift of staging: 2 objects",
    "                   expected  in the cluster",
    "  Deployment/deals",
    "    spec.replicas  1         5",
    "  NetworkPolicy/default-deny is missing",
    "",
    "note: production was not compared with its cluster: it is another one",
  ]);
});

describe("a page", () => {
  it("has no text of others as anything but a text", () => {
    const page = diffPage(hostileReport, "<b>now</b>");
    expect(page).not.toMatch(/<script|<img|<b>|onerror="|" onmouseover/);
    expect(page).toContain("&lt;script&gt;");
  });

  it("loads nothing", () => {
    const page = diffPage(plainReport, "now");
    expect(page).not.toMatch(/https?:|src=|@import|url\(/);
    expect(page).toContain("default-src 'none'");
  });
});
