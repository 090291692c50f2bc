import { inFile, type Mutation } from "./mutation.ts";

/** From what is seen to a cause. */
export const diagnosis: Mutation[] = [
  ...inFile("cli/kubernetes/environmentState.ts", "formerSeeds", [
    ["the pod of a seed that was corrected fails its service", "!isFormer(pod, workload(pod))", "true"],
    [
      "a seed that was corrected still fails its service",
      "[seedAnnotation] !== job;",
      "[seedAnnotation] === undefined;",
    ],
  ]),
  ...inFile("cli/diagnosis/patience.ts", "diagnosis", [
    [
      "the time of one fault is counted from that of another",
      "return `${finding.service}/${finding.cause}/${String(patienceWith(finding))}`",
      "return finding.service",
    ],
  ]),
  ...inFile("cli/diagnosis/findings.ts", "diagnosis", [
    [
      "what a service only says of another is told beside what is known of that one",
      "!seen.some((finding) => finding.service === service)",
      "seen.length >= 0",
    ],
    [
      "a service is blamed that only waits for another",
      "waits ? { ...finding, patience: Infinity }",
      "waits ? { ...finding }",
    ],
    [
      "what is wrong at the end of the time still gets time",
      "if (isOver(state)) return all.map(",
      "if (isOver(state) && all.length === 0) return all.map(",
    ],
  ]),
  ...inFile("cli/diagnosis/failFast.ts", "failFast", [
    [
      "what is merely starting is why another cannot start",
      '!["slow", "node-gone"]',
      '!["no-answer", "node-gone"]',
    ],
  ]),
  ...inFile("cli/diagnosis/gate.ts", "gateRules", [
    [
      "a readiness Job of another commit counts",
      "commit === undefined || asked === commit) return undefined;",
      "commit === undefined || asked.length === commit.length) return undefined;",
    ],
    [
      "a readiness Job of another revision counts",
      "revision !== undefined && revision !== targetPort",
      "revision !== undefined && targetPort === undefined",
    ],
  ]),
  ...inFile("cli/diagnosis/explained.ts", "pulumiErrors", [
    [
      "an error that has another reason is explained by what starts meanwhile",
      'if (known === undefined && resource === "") return undefined;',
      "",
    ],
  ]),
  ...inFile("cli/diagnosis/rules/image.ts", "diagnosisRules", [
    [
      "a rate limit looks like any other failure",
      "/\\b429\\b|too ?many ?requests|rate limit/i",
      "/rate limit/i",
    ],
  ]),
  ...inFile("cli/diagnosis/rules/container.ts", "diagnosisRules", [
    [
      "a process that was killed for its memory is blamed for its crashes",
      'reason === "OOMKilled"',
      'reason === "OOM"',
    ],
    [
      "a container is given up at its first restart",
      "const restartsOfALoop = 3;",
      "const restartsOfALoop = 0;",
    ],
  ]),
  ...inFile("cli/diagnosis/rules/pod.ts", "diagnosisRules", [
    [
      "a node's taint hides a lack of room",
      "[/Insufficient |Too many pods/,",
      "[/Insufficient-|Too-many pods/,",
    ],
    [
      "a failed seed looks like a broken service",
      '["crash-loop", "exits"].includes(cause)',
      '["exit"].includes(cause)',
    ],
  ]),
  ...inFile("cli/diagnosis/rules/serviceOrder.ts", "diagnosis", [
    [
      "what uses a broken service comes before it",
      "!needed.has(other) || itsNeeds.has(name)",
      "!itsNeeds.has(name) || needed.has(other)",
    ],
  ]),
  ...inFile("cli/environment/quotaRefusal.ts", "quotaRefusal", [
    ["a refusal of long ago counts", "new Date(lastTimestamp) > since", "new Date(lastTimestamp) >= since"],
    [
      "a test that waits for its turn has the environment removed",
      "jobs.filter((job) => !isTest(job)).map(",
      "jobs.map(",
    ],
  ]),
  ...inFile("cli/diagnosis/summary.ts", "dossier", [
    ["a log leaves its code block", 'const fence = "`".repeat(longest + 1);', 'const fence = "`".repeat(3);'],
  ]),
  ...inFile("cli/diagnosis/dossier.ts", "dossier", [
    [
      "logs are kept although nobody knows their secrets",
      "dossier.snapshot.hasAllSecrets ? await logFiles(dossier) : {}",
      "await logFiles(dossier)",
    ],
  ]),
];
