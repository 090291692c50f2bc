import fc from "fast-check";
import * as prettier from "prettier";
import { expect, it } from "vitest";
import { commentText, removedText, stages, type Told } from "../../cli/forge/commentText.ts";
import { isAbout, isMarked, markerOf } from "../../cli/forge/marker.ts";
import { code, link } from "../../cli/text/markdown.ts";
import { anyWord } from "../fuzz/hostile.ts";
import "./seed.ts";

const subject = { project: "shop/deals", stack: "feature-login-abc" };
const plain: Told = {
  ...{ stage: "ready", commit: "9dff06f0123456789", expires: "2026-03-02T12:00:00Z" },
  urls: new Map([
    ["deals", "https://env-a.previews.example.com"],
    ["api", "http://api--env-a.203-0-113-7.sslip.io:8080/v1"],
  ]),
  run: "https://gitlab.example.com/shop/deals/-/jobs/56",
};

interface Node {
  type: string;
  value?: string;
  url?: string;
  children?: Node[];
}

/** How a parser of Markdown that is not ours understands a text. */
async function parsed(text: string): Promise<Node> {
  // It has no types, since only tools of prettier's own are to use it.
  const { __debug } = prettier as unknown as {
    __debug: { parse: (text: string, options: object) => Promise<{ ast: Node }> };
  };
  return (await __debug.parse(text, { parser: "markdown" })).ast;
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}

const attacks = [
  "@all please look",
  "-->\n<script>alert(1)</script>",
  "--!>",
  "`@all`",
  "``` \n@all\n```",
  "`".repeat(90),
  "\n\n/merge\n/close",
  "/approve",
  "[click](javascript:alert(1))",
  "![x](https://track.example.com/x.png)",
  "<img src=x onerror=alert(1)>",
  "<!-- dynenv:shop/deals:feature-login-abc -->",
  "![[include]] $`x`$ [[_TOC_]] {+ a +} ~bug #1 !2 %3",
  "https://phish.example.com",
  "http://a.example.com/](https://b.example.com)",
  "https://user:pass@example.com",
  "\\",
  "a\u2028b\u0085c",
  "---\ntitle: x\n---",
  "| a | b |\n| - | - |",
  "&lt;b&gt; &#64;all",
  "",
  " ",
];
const hostile = fc.oneof(
  fc.constantFrom(...attacks),
  anyWord,
  fc
    .array(fc.constantFrom(...attacks, ...Array.from("`<>@-!/\n\\[]()*_#|$ ")), { maxLength: 12 })
    .map((parts) => parts.join("")),
);

it("each stage reads so", () => {
  const run = "([the run](https://gitlab.example.com/shop/deals/-/jobs/56))";
  const addresses = [
    "- `deals`: <https://env-a.previews.example.com>",
    "- `api`: <http://api--env-a.203-0-113-7.sslip.io:8080/v1>",
  ].join("\n");
  const marker = "<!-- dynenv:shop/deals:feature-login-abc -->";
  const text = (told: Partial<Told>) => commentText(subject, { ...plain, ...told }).split("\n\n");
  expect(text({ stage: "building", urls: new Map() })).toEqual([
    ...[marker, `**The environment is being built** for commit \`9dff06f01234\` ${run}.`],
  ]);
  expect(text({})).toEqual([
    ...[marker, `**The environment is ready** with commit \`9dff06f01234\` ${run}.`, addresses],
    "It stays until `2026-03-02T12:00:00Z`, or longer if it is deployed again.",
  ]);
  expect(text({ urls: new Map() })[2]).toBe("It has no address outside of the cluster.");
  const failed: Partial<Told> = {
    stage: "failed",
    cause: "deals crashes; read its log",
    dossier: "dossier.tar.gz",
  };
  expect(text({ ...failed, urls: new Map() })).toEqual([
    ...[
      marker,
      `**The environment failed** with commit \`9dff06f01234\` ${run}: \`deals crashes; read its log\``,
    ],
    "What was found is in `dossier.tar.gz`, among the artifacts of the run.",
  ]);
  expect(text(failed)[3]).toBe(addresses);
});

it("no text of anybody's is more than code or a link to an address of the web", async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...stages.filter((stage) => stage !== "removed")),
    fc.record({ commit: hostile, cause: hostile, dossier: hostile, expires: hostile, run: hostile }),
    fc.array(fc.tuple(hostile, hostile), { maxLength: 4 }),
    async (stage, texts, urls) => {
      const text = commentText(subject, { stage, ...texts, urls: new Map(urls) });
      // Commands of GitLab begin a line; all lines begin with words of ours.
      for (const line of text.split(/[\n\r\u2028\u2029\u0085]/))
        expect(line).toMatch(
          /^(|<!-- dynenv:\S+:\S+ -->|\*\*The environment .*|- `.*|It (stays|has) .*|What was .*)$/,
        );
      const nodes = nodesOf(await parsed(text));
      const known = [
        "root",
        "html",
        "paragraph",
        "strong",
        "text",
        "inlineCode",
        "link",
        "list",
        "listItem",
        "sentence",
      ];
      for (const { type } of nodes) expect([...known, "word", "whitespace"]).toContain(type);
      expect(nodes.filter(({ type }) => type === "html").map(({ value }) => value)).toEqual([
        markerOf(subject),
      ]);
      for (const { url = "" } of nodes.filter(({ type }) => type === "link"))
        expect(url).toMatch(/^https?:\/\/[a-z0-9.:-]+(\/[^\s()<>@]*)?$/);
      // What is neither code nor a link's address is ours.
      const words = nodes.filter(({ type }) => type === "text").map(({ value = "" }) => value);
      const own = words.filter((word) => !/^https?:/.test(word)).join("");
      expect(own).toMatch(/^[\w\s(),.:-]*$/);
    },
  );
  await fc.assert(property);
});

it("what is code has one line, no backtick within, and not more than is read", () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: "binary", minLength: 900, maxLength: 3000 })), (text) => {
      expect(code(text)).toMatch(/^`[^`\n\r]+`$/);
      expect(code(text).length).toBeLessThan(1010);
    }),
  );
  expect(code("a\n  b`c")).toBe("`a b'c`");
  expect(link("https://a.example.com/x(y)")).toBe("`https://a.example.com/x(y)`");
  expect(link("javascript:alert(1)", "the run")).toBe("the run (`javascript:alert(1)`)");
});

it("a comment stays within what GitHub takes, however many addresses there are", () => {
  const urls = new Map(Array.from({ length: 80 }, (_, index) => [`s${String(index)}`, "x".repeat(2000)]));
  const text = commentText(subject, { ...plain, urls, stage: "failed", cause: "x".repeat(1e6) });
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain("- and 30 more");
});

it("a marker stands for one project and one environment, whatever they are called", () => {
  const name = fc.oneof(hostile, fc.constantFrom("a", "a:b", "b", "a/b", "--", "->", "a -->"));
  fc.assert(
    fc.property(name, name, name, name, (project, stack, otherProject, otherStack) => {
      fc.pre([project, stack, otherProject, otherStack].every((one) => one.isWellFormed()));
      const [one, other] = [
        { project, stack },
        { project: otherProject, stack: otherStack },
      ];
      const marker = markerOf(one);
      expect(marker).toMatch(/^<!-- dynenv:[\w./%-]*:[\w./%-]* -->$/);
      expect(isMarked(marker, project) && isAbout(marker, one)).toBe(true);
      expect(isMarked(marker, otherProject)).toBe(project === otherProject);
      expect(isAbout(marker, other)).toBe(project === otherProject && stack === otherStack);
    }),
  );
});

it("what was failed and then removed keeps its reason, whatever else a comment holds", () => {
  fc.assert(
    fc.property(hostile, hostile, (cause, url) => {
      const before = commentText(subject, { ...plain, stage: "failed", cause, urls: new Map([["a", url]]) });
      const after = removedText(before, subject, "2026-03-01T12:00:00Z") ?? "";
      expect(after.split("\n\n")).toEqual([
        ...[markerOf(subject), "**The environment was removed** at `2026-03-01T12:00:00Z`."],
        before.split("\n\n")[1],
      ]);
      expect(removedText(after, subject, "2026-04-01T12:00:00Z")).toBeUndefined();
      // As GitHub may hand it back.
      expect(removedText(before.replaceAll("\n", "\r\n"), subject, "2026-03-01T12:00:00Z")).toBe(after);
    }),
  );
});
