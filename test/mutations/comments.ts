import { inFile, type Mutation } from "./mutation.ts";

/** The comment of a merge request: whose it is, what it says, and how both APIs are asked. */
export const comments: Mutation[] = [
  ...inFile("cli/forge/keptComment.ts", "keptComment", [
    ["a comment of a stranger is taken for ours", "author === self && ", ""],
    [
      "two reports at once leave two comments",
      "for (const { id } of others)",
      "for (const { id } of [] as Comment[])",
    ],
    ["the newest of several comments is kept", "a.id - b.id", "b.id - a.id"],
  ]),
  ...inFile(
    "cli/forge/marker.ts",
    ["commentText", "keptComment"],
    [
      [
        "a marker in the middle of a comment counts",
        "body.startsWith(beginningOf(project))",
        "body.includes(beginningOf(project))",
      ],
      ["a project's name closes the marker", "[^\\w./-]", "[^\\w./>-]"],
      ["two projects share a marker", "[^\\w./-]", "[^\\w./:-]"],
    ],
  ),
  ...inFile(
    "cli/forge/commentText.ts",
    ["commentText", "keptComment"],
    [
      ["a removal hides why something failed", "line.startsWith(failed) || ", ""],
      [
        "an older environment's removal is told of a newer one",
        "if (!isAbout(before, subject)) return undefined;",
        "",
      ],
      ["a cause is Markdown", "${seen}: ${code(cause)}", "${seen}: ${cause}"],
    ],
  ),
  ...inFile("cli/text/markdown.ts", "commentText", [
    ["a backtick ends the code", '.replaceAll("`", "\'")', ""],
    ["any text is a link", "if (!plainAddress.test(address))", 'if (address === "")'],
  ]),
  ...inFile("cli/forge/forgeClient.ts", "keptComment", [
    ["only the first page of comments is read", '/;\\s*rel="?next\\b/', '/;\\s*rel="?last\\b/'],
    ["a limit of requests is waited for without end", "this.#waited += pause;", ""],
    ["a refused token counts as written", "status >= 200 && status < 300", "status >= 200 && status < 404"],
  ]),
  ...inFile("cli/forge/rateLimit.ts", "rateLimit", [
    ["GitHub's 403 is never a limit", "[403, 429, 503]", "[429, 503]"],
    ["every refusal is a limit", "status === 403 && /rate limit/i.test(text)", "status === 403"],
  ]),
  ...inFile("cli/forge/removalNotice.ts", "keptComment", [
    [
      "a mark leads anywhere in the API",
      "mergeRequestForm.schema.safeParse(one).success",
      "one !== undefined",
    ],
    ["a refused token is tried for each environment", "this.#isOver = true;", ""],
  ]),
  ...inFile("cli/commands/report.ts", "reportCommand", [
    ["a comment shows secrets", 'typeof value === "string" ? door.text(value) : value', "value"],
    [
      "a failure is not told where the cluster is out of reach",
      "=> ({\n    cause: (error as Error).message,\n  })",
      "=> Promise.reject(error as Error)",
    ],
  ]),
];
