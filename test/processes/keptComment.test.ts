import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commentText, type Told } from "../../cli/forge/commentText.ts";
import { type Forge, forgeOf } from "../../cli/forge/forge.ts";
import { ForgeClient } from "../../cli/forge/forgeClient.ts";
import { keepComment, tellRemoved } from "../../cli/forge/keptComment.ts";
import { markerOf } from "../../cli/forge/marker.ts";
import { RemovalNotice } from "../../cli/forge/removalNotice.ts";
import { ForgeStandIn, type Said } from "../unit/forgeStandIn.ts";

const subject = { project: "shop/deals", stack: "feature-login-abc" };
const other = { ...subject, stack: "feature-login-def" };
const at = "2026-03-01T12:00:00Z";
const told: Told = {
  ...{ stage: "ready", commit: "9dff06f0123456789", expires: "2026-03-02T12:00:00Z" },
  urls: new Map([["deals", "https://env-a.previews.example.com"]]),
};
const ready = commentText(subject, told);
const failed: Told = {
  ...told,
  stage: "failed",
  cause: "deals crashes",
  dossier: "dossier.tar.gz",
  urls: new Map(),
};

describe.each(["GitLab", "GitHub"] as const)("the comment in %s", (name) => {
  const update = name === "GitLab" ? "PUT" : "PATCH";
  const lines: string[] = [];
  let server: ForgeStandIn;

  beforeAll(async () => {
    server = await ForgeStandIn.start(name);
  });
  afterEach(() => {
    [server.comments, server.calls, server.trouble] = [[], [], () => undefined];
    lines.length = 0;
  });
  afterAll(() => {
    server.stop();
  });

  const work = () => ({ progress: (line: string) => lines.push(line), signal: new AbortController().signal });
  const client = (patience?: { answer: number; limits: number }) =>
    new ForgeClient(forgeOf(server.variables) as Forge, server.variables, work(), patience);
  const keep = (subjected = subject, what = told) => keepComment(client(), "12", subjected, what);
  const written = () => server.comments.filter(({ author }) => author === "self").map(({ body }) => body);
  const methods = () => server.calls.map((call) => call.split(" ")[0]);

  it("is written where there is none", async () => {
    server.write("Nice!");
    expect(await keep()).toBe("created");
    expect(written()).toEqual([ready]);
    expect(ready.split("\n")[0]).toBe("<!-- dynenv:shop/deals:feature-login-abc -->");
    expect(methods().slice(1)).toEqual(["GET", "POST", "GET"]);
  });

  it("is changed where it is, even on the third page", async () => {
    for (let count = 0; count < 250; count++) server.write(`Comment ${String(count)}`);
    server.write(markerOf(subject), "self");
    server.write("Nice!");
    expect(await keep()).toBe("updated");
    expect(written()).toEqual([ready]);
    expect(methods().slice(1)).toEqual(["GET", "GET", "GET", update]);
  });

  it("stays as it is where it says so already", async () => {
    server.write(ready, "self");
    expect(await keep()).toBe("unchanged");
    expect(methods()).not.toContain(update);
  });

  it("is none that somebody else has written, or whose account is gone", async () => {
    server.write(`${markerOf(subject)}\nTake my link.`, "stranger");
    server.write(markerOf(subject), "gone");
    const before = structuredClone(server.comments);
    expect(await keep()).toBe("created");
    expect(server.comments.slice(0, 2)).toEqual(before);
    expect(await tellRemoved(client(), "12", subject, at)).toBe(true);
    expect(server.comments.slice(0, 2)).toEqual(before);
  });

  it("is none of another project, nor one that has the marker further down", async () => {
    const others = [
      markerOf({ ...subject, project: "shop/deals/web" }),
      markerOf({ ...subject, project: "shop" }),
      `> ${markerOf(subject)}`,
      `Text\n${markerOf(subject)}`,
    ];
    for (const body of others) server.write(body, "self");
    expect(await keep()).toBe("created");
    expect(written()).toEqual([...others, ready]);
  });

  it("goes over to the next commit's environment", async () => {
    server.write(commentText(other, told), "self");
    expect(await keep()).toBe("updated");
    expect(written()).toEqual([ready]);
  });

  it("is one again where there are several", async () => {
    const kept = server.write(commentText(other, told), "self");
    server.write("Nice!");
    for (const one of [subject, other]) server.write(commentText(one, failed), "self");
    await keep();
    expect(server.comments.map(({ id, body }) => [id, body])).toEqual([
      [kept.id, ready],
      [kept.id + 1, "Nice!"],
    ]);
  });

  it.each([0, 1, 2])("is one after two reports at once, whoever is slower (%i)", async (slow) => {
    // Both have looked before one of them writes.
    let looked = 0;
    const both = Promise.withResolvers<undefined>();
    server.trouble = async (call) => {
      if (!call.startsWith("GET") || call.endsWith("/user")) return undefined;
      looked++;
      if (looked === 2) both.resolve(undefined);
      await both.promise;
      if (looked === 2 + slow) await new Promise((resolve) => setTimeout(resolve, 30));
      return undefined;
    };
    const ends = await Promise.all([keep(subject), keep(other, failed)]);
    expect(ends).toEqual(["created", "created"]);
    expect(server.calls.filter((call) => /^POST .*(notes|comments)$/.test(call))).toHaveLength(2);
    expect(written()).toHaveLength(1);
    expect([ready, commentText(other, failed)]).toContain(written()[0]);
  });

  describe("when its environment is removed", () => {
    it("says when, once", async () => {
      server.write(ready, "self");
      expect(await tellRemoved(client(), "12", subject, at)).toBe(true);
      expect(written()).toEqual([`${markerOf(subject)}\n\n**The environment was removed** at \`${at}\`.`]);
      expect(await tellRemoved(client(), "12", subject, "2026-04-01T12:00:00Z")).toBe(false);
      expect(written()[0]).toContain(at);
    });

    it("keeps what failed before, and where the dossier is", async () => {
      server.write(commentText(subject, failed), "self");
      await tellRemoved(client(), "12", subject, at);
      expect(written()[0]).toMatch(
        /removed\*\* at .*\n\n\*\*The environment failed\*\* .*: `deals crashes`\n\nWhat was found is in `dossier\.tar\.gz`/,
      );
    });

    it("says nothing of it once it is about another one, and is never written then", async () => {
      server.write(commentText(other, told), "self");
      expect(await tellRemoved(client(), "12", subject, at)).toBe(false);
      server.comments = [];
      expect(await tellRemoved(client(), "12", subject, at)).toBe(false);
      expect(server.comments).toEqual([]);
      expect(server.calls.filter((call) => /^(POST .*(notes|comments)|PUT|PATCH|DELETE)/.test(call))).toEqual(
        [],
      );
    });

    it("is asked for nowhere that a mark leads to which is no number", async () => {
      const notice = new RemovalNotice(server.variables, work());
      await notice.tell(subject, ["0", "-1", "1e3", "../../1", "12/../13", "", " 12", "12\n", undefined]);
      expect(server.calls).toEqual([]);
      server.write(ready, "self");
      await notice.tell(subject, [undefined, "12", "12"]);
      expect(lines).toEqual(["merge request 12 is told that feature-login-abc was removed"]);
    });

    it("changes nothing about the removal that it cannot be told, and asks but once", async () => {
      server.trouble = () => [403, { message: "insufficient_scope" }];
      const notice = new RemovalNotice(server.variables, work());
      await notice.tell(subject, ["12"]);
      await notice.tell(other, ["12"]);
      expect(server.calls).toHaveLength(1);
      expect(lines).toEqual([
        expect.stringMatching(
          /^feature-login-abc was removed, but its merge request is not told so: .* refuses /,
        ),
      ]);
      const { GITLAB_TOKEN: _gitlab, GITHUB_TOKEN: _github, ...without } = server.variables;
      await new RemovalNotice(without, work()).tell(subject, ["12"]);
      expect(lines).toHaveLength(1);
    });
  });

  describe("where the API does not do what it should", () => {
    const tokenName = name === "GitLab" ? "GITLAB_TOKEN" : "GITHUB_TOKEN";

    it.each([
      [
        "401",
        [401, { message: "401 Unauthorized" }],
        `${name} refuses ${tokenName} (401, "401 Unauthorized"): give `,
      ],
      [
        "403",
        [403, { error: "insufficient_scope" }],
        `${name} refuses ${tokenName} (403, "insufficient_scope"): `,
      ],
      ["404", [404, { message: "404 Not Found" }], `does not show `],
      ["301", [301, "", { location: "https://elsewhere.example.com" }], "and leads elsewhere: correct "],
      ["502", [502, "<html>"], `${name} answers 502 for /`],
      ["a page", [200, "<!doctype html>"], "with something else than its API does: correct "],
      ["nothing", [200, ""], "with something else than its API does: correct "],
      ["null", [200, "null"], "with something else than its API does: correct "],
      ["other objects", [200, [{ id: "x", body: 1 }]], "with something else than its API does: correct "],
      [
        "a limit without an end",
        [429, { message: "Retry later" }],
        "does not say for how long: this waits 60 s at most",
      ],
      [
        "a limit of an hour",
        [429, "", { "retry-after": "3600" }],
        "asks to wait 3600 s: this waits 60 s at most",
      ],
      [
        "an empty reason",
        [403, { message: "You have exceeded a secondary rate limit" }],
        "does not say for how long",
      ],
    ] as [string, Said, string][])("it is told after %s", async (_what, said, sentence) => {
      server.trouble = () => [...said];
      const ended = await keep().catch((error: unknown) => error);
      expect(ended).toMatchObject({ exitCode: 3, message: expect.stringContaining(sentence) as string });
      expect((ended as Error).message).not.toContain(server.token);
      expect(server.calls).toHaveLength(1);
    });

    it("it is told when writing is not allowed, with nothing changed", async () => {
      server.trouble = (call) =>
        call.startsWith("POST") && !call.endsWith("graphql") ? [403, {}] : undefined;
      await expect(keep()).rejects.toThrow(`${name} refuses ${tokenName} (403): `);
      expect(written()).toEqual([]);
    });

    it("it waits as long as a limit says", async () => {
      let asked = 0;
      server.trouble = () => (++asked === 1 ? [403, {}, { "retry-after": "1" }] : undefined);
      const begin = performance.now();
      expect(await keep()).toBe("created");
      expect(performance.now() - begin).toBeGreaterThan(950);
      expect(lines).toEqual([`${name} asks to wait 1 s before the next request`]);
    });

    it("it gives up on one that says so again and again", async () => {
      server.trouble = () => [429, {}, { "retry-after": "0" }];
      const hasty = client({ answer: 5000, limits: 1 });
      await expect(keepComment(hasty, "12", subject, told)).rejects.toThrow("takes no more requests");
      expect(server.calls).toHaveLength(2);
    });

    it("it gives up once all limits together take too long", async () => {
      let asked = 0;
      server.trouble = () => (++asked % 2 === 1 ? [429, {}, { "retry-after": "1" }] : undefined);
      const hasty = client({ answer: 5000, limits: 1 });
      await expect(keepComment(hasty, "12", subject, told)).rejects.toThrow("asks to wait 1 s: this waits");
      expect(server.calls).toHaveLength(3);
    });

    it("it is told when there is no answer, and when the answer never ends", async () => {
      const short = client({ answer: 200, limits: 1 });
      server.trouble = () => new Promise(() => undefined);
      await expect(short.self()).rejects.toThrow(
        `is out of reach at ${server.origin}: no answer within 0.2 s`,
      );
      server.trouble = () => undefined;
      server.stop();
      await expect(short.self()).rejects.toThrow("is out of reach at ");
      server = await ForgeStandIn.start(name);
    });

    it("it does not go through comments without end", async () => {
      const page = [{ id: 1, body: "x", author: { id: 7 }, user: { login: "x" } }];
      server.trouble = (call) =>
        call.endsWith("notes") || call.endsWith("comments")
          ? [200, page, { link: '<https://x/>; rel="next"' }]
          : undefined;
      await expect(keep()).rejects.toThrow(`${name} has more than 10000 comments of 12: none is changed`);
      expect(server.calls).toHaveLength(101);
    });
  });
});
