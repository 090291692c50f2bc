import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { named, shown } from "../../components/model/index.ts";
import { Failure } from "../../foundation/failure.ts";
import { type Git, GitFailure } from "./gitCommand.ts";

/** Name of the branch that says what is where. */
export const stableBranch = "stable";

const local = `refs/heads/${stableBranch}`;
/** Where the remote's is kept beside all branches of the checkout. */
const fetched = `refs/dynenv/${stableBranch}`;
const remote = "origin";

/** Files by their paths; nothing in the place of one that goes. */
export type Changes = Record<string, string | undefined>;

/** A commit's message: its first line, and what it is about. */
export interface Message {
  subject: string;
  trailers: Record<string, string>;
}

/** How often a commit is made anew on what another run has added in the meantime. */
const tries = 5;

/**
 * The branch with the locks of all releases, and the manifests of what is deployed. Commits are added to it by this program
 * alone, and nothing is ever taken away; the checkout's own files are not touched.
 */
export class StableBranch {
  readonly #git: Git;
  readonly #isShared: boolean;
  readonly #tip: string | undefined;

  private constructor(git: Git, isShared: boolean, tip: string | undefined) {
    this.#git = git;
    this.#isShared = isShared;
    this.#tip = tip;
  }

  /** The remote's where there is one, else the checkout's own. @throws where somebody else changed it, or the two have parted. */
  static async open(git: Git): Promise<StableBranch> {
    const isShared = (await git(["remote"])).split("\n").includes(remote);
    const here = await resolved(git, local);
    const tip = isShared ? await fetchedTip(git) : here;
    if (isShared && here !== undefined && here !== tip && !(await isAncestor(git, here, tip)))
      throw new Failure(
        "broken",
        `branch ${stableBranch} has parted from that of ${remote}: what is here is not there; rename yours (git branch -m ${stableBranch} other), then try again`,
      );
    if (tip !== undefined) await requireOwnCommits(git, tip);
    return new StableBranch(git, isShared, tip);
  }

  /** Whether no release was made yet. */
  get isEmpty(): boolean {
    return this.#tip === undefined;
  }

  /** A file's text; nothing where there is none. */
  async read(path: string): Promise<string | undefined> {
    if (this.#tip === undefined) return undefined;
    const [entry = ""] = (await this.#git(["ls-tree", "--full-tree", this.#tip, "--", path])).split("\n");
    const [, blob] = /^\d+ blob ([0-9a-f]+)\t/.exec(entry) ?? [];
    return blob === undefined ? undefined : this.#git(["cat-file", "blob", blob]);
  }

  /** Paths of all files below a folder. */
  async list(folder: string): Promise<string[]> {
    if (this.#tip === undefined) return [];
    const paths = await this.#git([
      "ls-tree",
      "-r",
      "-z",
      "--full-tree",
      "--name-only",
      this.#tip,
      "--",
      `${folder}/`,
    ]);
    return paths.split("\0").filter((path) => path !== "");
  }

  /** Texts of all files below a folder, by their paths. */
  async readAll(folder: string): Promise<Record<string, string>> {
    if (this.#tip === undefined) return {};
    const tree = await this.#git(["ls-tree", "-r", "-z", "--full-tree", this.#tip, "--", `${folder}/`]);
    const entries = [...tree.matchAll(/\d+ blob ([0-9a-f]+)\t([^\0]+)\0/g)];
    const blobs = entries.map(([, blob = ""]) => `${blob}\n`).join("");
    if (blobs === "") return {};
    // Each as a line with its size, the text, and a line end.
    let rest = Buffer.from(await this.#git(["cat-file", "--batch"], blobs));
    const texts = entries.map(([, , path = ""]) => {
      const start = rest.indexOf("\n") + 1;
      const end = start + Number(rest.toString("utf8", 0, start).split(" ")[2]);
      const text = rest.toString("utf8", start, end);
      rest = rest.subarray(end + 1);
      return [path, text] as const;
    });
    return Object.fromEntries(texts);
  }

  /** What the last commit about something says, by its trailers; nothing where there is none. */
  async lastAbout(trailer: string, value: string): Promise<Record<string, string> | undefined> {
    if (this.#tip === undefined) return undefined;
    for (const commit of await this.#history()) if (commit[trailer] === value) return commit;
    return undefined;
  }

  /** Trailers of all commits, the newest first. */
  async #history(): Promise<Record<string, string>[]> {
    const format = "--format=%x00%(trailers:only,unfold)%x01%H%x01%aI%x01%an";
    const log = await this.#git(["log", "--first-parent", format, this.#tip ?? ""]);
    return log
      .split("\0")
      .slice(1)
      .map((text) => {
        const [trailers = "", commit = "", at = "", by = ""] = text.trim().split("\x01");
        return { ...trailersIn(trailers), Commit: commit, At: at, By: by };
      });
  }

  /** All commits' trailers, with `Commit`, `At` and `By`, the newest first. */
  history(): Promise<Record<string, string>[]> {
    return this.#tip === undefined ? Promise.resolve([]) : this.#history();
  }

  /**
   * Adds one commit, unless nothing would change.
   * @param changesFor what to change, asked again where another run has added something.
   * @returns the branch as it is then.
   */
  static async add(
    git: Git,
    message: Message,
    changesFor: (branch: StableBranch) => Promise<Changes>,
  ): Promise<StableBranch> {
    for (let attempt = 1; ; attempt++) {
      const branch = await StableBranch.open(git);
      const commit = await branch.#commit(message, await changesFor(branch));
      if (commit === undefined) return branch;
      try {
        await branch.#publish(commit);
        return new StableBranch(git, branch.#isShared, commit);
      } catch (error) {
        if (attempt === tries || !isOvertaken(error)) throw error;
      }
    }
  }

  /** @returns nothing where the tree stays what it is. */
  async #commit({ subject, trailers }: Message, changes: Changes): Promise<string | undefined> {
    const tree = await this.#treeWith(changes);
    const before =
      this.#tip === undefined ? undefined : (await this.#git(["rev-parse", `${this.#tip}^{tree}`])).trim();
    if (tree === before) return undefined;
    const all = Object.entries({ ...trailers, Tree: tree }).map(([key, value]) => `${key}: ${value}`);
    const parents = this.#tip === undefined ? [] : ["-p", this.#tip];
    const text = `${subject}\n\n${all.join("\n")}\n`;
    const own = (await isSomebody(this.#git)) ? {} : nobody;
    return (await this.#git(["commit-tree", tree, ...parents], text, own)).trim();
  }

  /** In an index of its own: the checkout's is the user's. */
  async #treeWith(changes: Changes): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "dynenv-stable-"));
    try {
      const index = { GIT_INDEX_FILE: join(folder, "index") };
      if (this.#tip !== undefined) await this.#git(["read-tree", this.#tip], undefined, index);
      const lines = await Promise.all(Object.entries(changes).map(([path, text]) => this.#entry(path, text)));
      await this.#git(["update-index", "-z", "--index-info"], lines.join(""), index);
      return (await this.#git(["write-tree"], undefined, index)).trim();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #entry(path: string, text: string | undefined): Promise<string> {
    // As long as any other of the repository.
    if (text === undefined) return `0 ${"0".repeat(this.#tip?.length ?? 40)}\t${path}\0`;
    const blob = (await this.#git(["hash-object", "-w", "--stdin"], text)).trim();
    return `${path.endsWith(".sh") ? "100755" : "100644"} ${blob}\t${path}\0`;
  }

  async #publish(commit: string): Promise<void> {
    // Hooks of the checkout look at code, of which there is none.
    const push = ["push", "--quiet", "--no-verify", remote, `${commit}:${local}`];
    if (this.#isShared) await this.#git(push).catch(explain);
    else await this.#git(["update-ref", local, commit, this.#tip ?? "0".repeat(commit.length)]);
  }
}

/** Whose commits they are on a machine that belongs to nobody, such as a job's container. */
const nobody = {
  ...{ GIT_AUTHOR_NAME: "dynenv", GIT_AUTHOR_EMAIL: "dynenv@users.noreply.invalid" },
  ...{ GIT_COMMITTER_NAME: "dynenv", GIT_COMMITTER_EMAIL: "dynenv@users.noreply.invalid" },
};

/** Whether git knows whose a commit is. */
async function isSomebody(git: Git): Promise<boolean> {
  try {
    for (const one of ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"]) await git(["var", one]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

async function fetchedTip(git: Git): Promise<string | undefined> {
  const [tip = ""] = (await git(["ls-remote", remote, local])).split("\t");
  if (tip === "") return undefined;
  const isHere = () => git(["cat-file", "-e", `${tip}^{commit}`]).then(...yesOrNo);
  if (await isHere()) return tip;
  // A shallow checkout's has all of its commits, too: each is looked at. Another run may write the same reference.
  const fetch = ["fetch", "--quiet", "--no-tags", "--force", remote, `${local}:${fetched}`];
  await git(fetch).catch(async (error: unknown) => {
    if (!(await isHere())) throw error;
  });
  return tip;
}

const yesOrNo = [() => true, () => false] as const;

async function resolved(git: Git, ref: string): Promise<string | undefined> {
  // Those below it, too.
  const found = await git(["for-each-ref", "--format=%(refname) %(objectname)", ref]);
  const [, commit] =
    found
      .split("\n")
      .find((line) => line.startsWith(`${ref} `))
      ?.split(" ") ?? [];
  return commit;
}

async function isAncestor(git: Git, commit: string, tip: string | undefined): Promise<boolean> {
  if (tip === undefined) return false;
  return (await git(["merge-base", commit, tip]).catch(() => "")).trim() === commit;
}

/** Each says which files it has: a commit that somebody else made does not, or not the right ones. */
async function requireOwnCommits(git: Git, tip: string): Promise<void> {
  const format = "--format=%H%x01%T%x01%(trailers:key=Tree,valueonly,separator=%x2C)%x01%P%x01%s";
  for (const line of (await git(["log", format, tip])).trim().split("\n")) {
    const [commit = "", tree = "", said, parents = "", subject = ""] = line.split("\x01");
    if (said === tree && !parents.includes(" ")) continue;
    throw new Failure(
      "broken",
      `branch ${stableBranch} was changed by somebody else: commit ${commit.slice(0, 12)} ${shown(subject)} is not dynenv's; move that one to another branch, then try again`,
    );
  }
}

function trailersIn(text: string): Record<string, string> {
  const pairs = text.split("\n").map((line) => /^([\w-]+): (.*)$/.exec(line));
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? "", pair[2] ?? ""]])));
}

/** Whether another run was faster. */
function isOvertaken(error: unknown): boolean {
  const said = error instanceof GitFailure ? error.stderr : "";
  return /non-fast-forward|fetch first|cannot lock ref|incorrect old value|failed to update ref/.test(said);
}

/** @throws what a push failed with, and why the other side did not take it, which git says in other lines. */
function explain(error: unknown): never {
  if (!(error instanceof GitFailure)) throw error;
  const { message, stderr } = error;
  const [, why] = /^ ! \[.*rejected\] .*\((.*)\)$/m.exec(stderr) ?? [];
  const said = /^remote: *(\S.*)$/m.exec(stderr)?.[1]?.trim();
  const reasons = [why, said].filter((reason) => reason !== undefined);
  throw new GitFailure(`${message}${reasons.length === 0 ? "" : ` (${reasons.join(": ")})`}`, stderr);
}

/** Folder with the locks; all others are environments'. */
const releases = "releases";

/** Paths of what the branch says of an environment. */
export async function filesOf(branch: StableBranch, stack: string): Promise<string[]> {
  return stack === releases ? [] : branch.list(stack);
}

/** Where a release's lock is. */
export function lockPath(version: string): string {
  return `${releases}/${version}.lock.json`;
}

/** @throws where the branch has no such release. */
export async function lockTextOf(branch: StableBranch, version: string): Promise<string> {
  const text = await branch.read(lockPath(version));
  if (text !== undefined) return text;
  const all = (await branch.list(releases)).map((path) => path.replace(/^releases\/|\.lock\.json$/g, ""));
  throw new Failure(
    "usage",
    `release ${named(version)} is not on the branch ${stableBranch}, which has ${all.length === 0 ? "none" : all.join(", ")}: make it by dynenv release, or name a file`,
  );
}
