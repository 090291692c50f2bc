import { inFile, type Mutation } from "./mutation.ts";

/** Whose an environment is, what of it can be built upon, and what may be removed. */
export const removal: Mutation[] = [
  ...inFile("cli/environment/owner.ts", "owner", [
    ["a namespace of somebody else is taken over", "if (!isOurs)\n", "if (!isOurs && !marks.stack)\n"],
    [
      "an environment of another stack is removed",
      "if (marks.stack !== stack)",
      "if (marks.stack === undefined)",
    ],
    [
      "an environment of another project is removed",
      "if (marks.project === project) return;",
      "if (marks.project !== undefined) return;",
    ],
    [
      "an environment that is kept is removed",
      "if (isPinned(marks) && !isTerminating)",
      "if (isPinned({}) && !isTerminating)",
    ],
    [
      "the marks of a namespace that the state does not describe are passed over",
      "described?.outputs?.metadata?.uid !== namespace.uid",
      "described === undefined",
    ],
  ]),
  ...inFile("cli/environment/stackContent.ts", "owner", [
    [
      "a stack that once reached a cluster is destroyed as an image's",
      " || type === clusterProvider) ??",
      ") ??",
    ],
    ["a stack that was renamed is destroyed", "if (other !== undefined)\n", "if (other === stack)\n"],
    [
      "somebody's infrastructure is destroyed",
      'throw foreign(stack, held, "an environment");',
      'foreign(stack, held, "an environment");',
    ],
  ]),
  ...inFile("cli/environment/sameCluster.ts", "sameCluster", [
    [
      "another cluster of the same context is changed",
      "(uid === undefined || uid === namespace?.uid)",
      "(uid === undefined || namespace !== undefined)",
    ],
    [
      "a state of a cluster that is not known is believed",
      "config.getContextObject(context) !== null",
      "config.getContextObject(context) !== undefined",
    ],
  ]),
  ...inFile("cli/environment/recovery.ts", "recovery", [
    [
      "what is half made is built upon",
      "if (cutOff !== undefined) return",
      "if (cutOff !== undefined && known === undefined) return",
    ],
    [
      "a namespace that goes is built upon",
      "if (namespace?.isTerminating === true) return",
      "if (namespace?.isTerminating === true && known === undefined) return",
    ],
    ["the state of another namespace is believed", "uid !== namespace.uid)\n", "uid === undefined)\n"],
    [
      "what somebody deleted is not noticed",
      'if (found === "lost") return',
      'if (found === "lost" && known === undefined) return',
    ],
    [
      "the project's own code meets a fork's environment",
      "trust === undefined || trust === wanted) return;",
      'trust === undefined || trust === wanted || wanted === "trusted") return;',
    ],
    [
      "data that somebody changed is built upon",
      "if (isFilled(found) && isChanged(resource, found, mask))",
      "if (!isFilled(found) && isChanged(resource, found, mask))",
    ],
  ]),
  ...inFile("cli/environment/untold.ts", "untold", [
    ["a claim for a volume is removed", "...withoutClaims, Job", "...lasting, Job"],
  ]),
  ...inFile("cli/environment/drift.ts", "recovery", [
    [
      "a restart counts as a change",
      "counted(essence(outputs?.spec), counts), counted(essence(now.spec), counts)",
      "counted(outputs?.spec, counts), counted(now.spec, counts)",
    ],
    [
      "a Service that leads elsewhere is not noticed",
      "return withoutNothing({ selector, ports, type,",
      "return withoutNothing({ selector: ports, ports, type,",
    ],
  ]),
  ...inFile("cli/fleet/verdict.ts", "verdict", [
    [
      "an environment of another project is due",
      "if (marks.project !== project) return `it",
      "if (marks.project === undefined) return `it",
    ],
    ["an environment without a stack goes before its time", "isDue: isOver,\n", "isDue: true,\n"],
    ["who writes a namespace prolongs its life", "isFuture(marked, now) ?", "isFuture(created, now) ?"],
    [
      "a stack of another cluster is due",
      "context !== undefined && context !== view.context",
      "context === undefined && context !== view.context",
    ],
    [
      "an environment goes a day before its time",
      "now.getTime() > time.getTime()",
      "now.getTime() > time.getTime() - 86_400_000",
    ],
    [
      "a kept stack without a namespace is due",
      "if (isPinned(marks)) return {",
      "if (isPinned({})) return {",
    ],
  ]),
  ...inFile("cli/fleet/branches.ts", "fleet", [
    ["the branch of a fork counts as gone", 'if (ref.includes(":"))', 'if (ref.includes("::"))'],
    [
      "the commit of a tag counts as a tag of its own",
      'name.startsWith("refs/") && !name.endsWith("^{}")',
      'name.startsWith("refs/")',
    ],
    ["a branch with the remote's name before it is gone", "has(rest))", "has(ref))"],
  ]),
  ...inFile("cli/fleet/fleet.ts", "fleet", [
    ["the stack of an image is an environment of its own", "(environmentStackOf(stack) ?? stack)", "stack"],
  ]),
  ...inFile("cli/fleet/sweep.ts", "sweep", [
    [
      "a wrong remote has all environments removed",
      "part.length > all.length / 2",
      "part.length > all.length",
    ],
    [
      "one that was made anew is removed",
      "environment.namespace?.uid !== before.environment.namespace?.uid",
      "environment.namespace?.name !== before.environment.namespace?.name",
    ],
    ["more are removed than may be", "chosen: free.slice(0, max)", "chosen: free.slice(0, max + 1)"],
    [
      "one that fails keeps others from their turn",
      'if (outcome.result !== "removed") queue',
      'if (outcome.result === "removed") queue',
    ],
  ]),
  ...inFile("cli/pulumi/stackLock.ts", "stackLock", [
    ["the lock of a run on another machine is taken away", "host !== hostname() || user", "user"],
    ["a process whose name has parentheses seems gone", 'stat.lastIndexOf(")")', 'stat.indexOf(")")'],
    ["a lock of the same second is taken away", "since.getTime() + 2000", "since.getTime()"],
  ]),
  ...inFile("cli/pulumi/stackNames.ts", "stackNames", [
    ["a backup counts as a stack", "\\.json(\\.gz|\\.zst)?$/", "\\.json(\\.gz|\\.zst|\\.bak)?$/"],
  ]),
  ...inFile("cli/pulumi/fileBackend.ts", "fileBackend", [
    [
      "files of a stack with a longer name are removed",
      "file.startsWith(start) && !/(^|",
      "file.startsWith(stack) && !/(^|",
    ],
    [
      "a state is repaired while a run writes it",
      ".includes(true)) return false;",
      ".includes(true) && locks.length === 0) return false;",
    ],
  ]),
  ...inFile("cli/environment/lingeringJobs.ts", "lingeringJobs", [
    [
      "a Job that tries again is ended",
      'spec?.restartPolicy !== "Never"',
      'spec?.restartPolicy === "Always"',
    ],
  ]),
];
