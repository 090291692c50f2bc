import { inFile, type Mutation } from "./mutation.ts";

/** What is shown, what is hidden, and what the process ends with. */
export const output: Mutation[] = [
  ...inFile("cli/text/mask.ts", "mask", [
    [
      "the beginning of a secret that was cut is shown",
      "this.#beginnings.size === 0 ||",
      "this.#beginnings.size >= 0 ||",
    ],
    ["the keys of an object may be secrets", "[this.text(key), this.#copy(item)]", "[key, this.#copy(item)]"],
  ]),
  ...inFile("cli/text/secretForms.ts", "mask", [
    ["a secret within a text in base64 is shown", "[0, 1, 2].flatMap((offset)", "[0].flatMap((offset)"],
  ]),
  ...inFile("cli/text/namedSecrets.ts", "mask", [
    ["what is called a token is not hidden", "|TOKEN|", "|TOKENS|"],
  ]),
  ...inFile("cli/text/urls.ts", "mask", [
    [
      "the login in a URL is shown",
      "/:\\/\\/[^\\s/?#\"'<>\\\\]+(?=@)/g",
      "/:\\/\\/[^\\s/?#\"':<>\\\\]+(?=@)/g",
    ],
  ]),
  ...inFile("cli/text/textSearch.ts", "mask", [
    ["a secret that follows another is missed", "end += Math.max(1, step);", "end += Math.max(2, step);"],
  ]),
  ...inFile("cli/text/lines.ts", "lines", [
    ["a secret between two pieces of a line is shown", "this.#covered = covered;", "this.#covered = 0;"],
  ]),
  ...inFile("components/model/rules/shown.ts", "shown", [
    ["control characters pass", "[\\p{Cc}\\p{Cf}\\p{Cs}", "[\\p{Cf}\\p{Cs}"],
  ]),
  ...inFile("cli/text/harmless.ts", "door", [
    ["a log gives commands to GitHub's runner", "/#(?=#\\w*\\[)|", "/#(?=#\\w+\\[)|"],
    ["a log opens sections of GitLab's log", "_(?<=section_)(?=(?:start|end):\\d)|", ""],
  ]),
  ...inFile("cli/text/shellAssignment.ts", "shellAssignment", [
    [
      "a variable's value is a command of the shell",
      "oneLine).replaceAll(\"'\", `'\\\\''`)",
      "oneLine).replaceAll('\"', `'\\\\''`)",
    ],
  ]),
  ...inFile("cli/process/door.ts", "door", [
    [
      "what is written for programs may show secrets",
      "harmlessJson(value, this.mask)}",
      "harmlessJson(value, new Mask())}",
    ],
  ]),
  ...inFile("cli/process/exit.ts", "exit", [
    ["the end of the output is lost", "await door.flushed();", "await Promise.resolve();"],
  ]),
  ...inFile("cli/process/usageError.ts", "usageError", [
    ["an error repeats a secret as it is", "() => shown(word)", "() => word"],
  ]),
  ...inFile("cli/environment/testCount.ts", "testCount", [
    ["a run of zero tests is a success", "Number(count) > 0)", "Number(count) >= 0)"],
    ["tests of Go that there are none of have run", "isPass && !this.#isWarned", "isPass || this.#isWarned"],
    [
      "one package without tests spoils the others",
      "this.#hasRunNone && !this.#hasRun;",
      "this.#hasRunNone;",
    ],
  ]),
  ...inFile("cli/environment/junit.ts", "junit", [
    ["a comment counts as a test", '["<!--", "-->"],', '["<!--", ">"],'],
    ["results that define entities are passed on", 'text.startsWith("<!", at)', 'text.startsWith("<!!", at)'],
    ["a test that failed and was skipped counts as skipped", '&& outcome !== "failed"', ""],
    ["results that are cut count", "roots === 0 || open.length > 0", "roots === 0"],
  ]),
  ...inFile("cli/environment/testResults.ts", "testResults", [
    ["results show secrets", "mask.text(text)", "text"],
    ["packed results fill the memory", "maxOutputLength: resultsLimit", "maxOutputLength: 2 ** 31"],
  ]),
  ...inFile("cli/environment/testSuites.ts", "testSuites", [
    [
      "a command runs in all suites",
      "command !== undefined && all.length > 1",
      "command === undefined && all.length > 9",
    ],
  ]),
  ...inFile("components/readiness/results.ts", "testResults", [
    ["results are read from wherever a link leads", "| constants.O_NOFOLLOW ", ""],
  ]),
  ...inFile("cli/pulumi/programError.ts", "pulumiErrors", [
    [
      "the reason of a program's error is not told",
      'named ?? text.split("\\n")[0] ?? ""',
      'text.split("\\n")[0] ?? ""',
    ],
  ]),
  ...inFile("cli/pulumi/engineEvents.ts", "pulumiWords", [
    [
      "only that something failed is told as the reason",
      "/^(update|destroy|refresh|preview) failed$/",
      "/^$/",
    ],
    ["a count of errors is told as the reason", "others.length === 0 || !/", "others.length === 0 || /"],
  ]),
  ...inFile("cli/pulumi/news.ts", "pulumiWords", [
    ["components are told as if they were objects", "?.custom === true", "?.custom !== null"],
    ["the stack is told as made though something failed", "this.errors.length === 0", "true"],
  ]),
  ...inFile("cli/pulumi/unlocked.ts", "unlocked", [
    [
      "a look at a lock counts as the begin of the work",
      "await pulumi(args, quiet)",
      "await pulumi(args, run)",
    ],
  ]),
  ...inFile("cli/pulumi/pulumi.ts", "pulumiWords", [
    ["who holds a lock is told twice", "&& !isLocked(stderr)", ""],
    ["a run begins with each of its events", "if (news.isEmpty) begun?.()", "begun?.()"],
  ]),
  ...inFile("cli/pulumi/refusedObject.ts", "pulumiErrors", [
    [
      "an object that is invalid looks like a slow start",
      "is (?:forbidden|invalid): |admission",
      "is (?:forbidden): |admission",
    ],
  ]),
  ...inFile("cli/fleet/facts.ts", "fleet", [
    ["a mark spreads over the lines of a table", 'replace(/\\p{C}/gu, "?")', 'replace(/\\p{Cs}/gu, "?")'],
  ]),
];
