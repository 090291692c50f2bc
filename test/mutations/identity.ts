import { inFile, type Mutation } from "./mutation.ts";

/** Names, marks, times and trust. */
export const identity: Mutation[] = [
  ...inFile("components/model/rules/names.ts", "names", [
    ["a namespace's name may be too long", "const maxLabelLength = 63;", "const maxLabelLength = 64;"],
    [
      "branches of two projects share an environment",
      "JSON.stringify([identity.project, identity.ref, identity.key])",
      "JSON.stringify([identity.ref, identity.key])",
    ],
    [
      "the namespace of a kept name can be that of a hashed one",
      "(stack, room - hashLength - 2)}--$",
      "(stack, room - hashLength - 2)}-$",
    ],
    ["an image's tag may be too long", "maxTagSlugLength - change.length)}", "maxTagSlugLength)}"],
  ]),
  ...inFile("components/model/rules/imageName.ts", "imageName", [
    [
      "two projects share a repository",
      "if (isValid && !/--[a-z2-7]{12}$/.test(project)) return project;",
      "if (isValid) return project;",
    ],
  ]),
  ...inFile("components/model/objects/labels.ts", "namespaces", [
    ["whoever has a mark of another owner is ours", "labels[key] === value", "labels[key] !== undefined"],
  ]),
  ...inFile("components/model/lifetime/markForms.ts", "verdict", [
    [
      "a mark may have control characters",
      "regex(/^(?=.*\\S)[^\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]{1,512}$/u)",
      "regex(/^(?=.*\\S)[^\\p{Zl}\\p{Zp}\\p{Cs}]{1,512}$/u)",
    ],
  ]),
  ...inFile("components/model/lifetime/lifeSpan.ts", "lifeSpan", [
    ["what is not to be kept counts as pinned", '!["", "false"].includes(', '![""].includes('],
    [
      "the thirtieth of February is a time",
      "Number.isNaN(time.getTime()) || timeMark(time) !== text ? undefined : time",
      "Number.isNaN(time.getTime()) ? undefined : time",
    ],
  ]),
  ...inFile("components/model/lifetime/lifeSpan.ts", "verdict", [
    [
      "a deployment that is marked for the future prolongs a life",
      "new Date(Math.min(time.getTime(), latest))",
      "time",
    ],
    [
      "an environment of a fork lives as long as its mark says",
      "const life = cappedTtlMs(ttl, trust);",
      "const life = ttlMs(ttl);",
    ],
  ]),
  ...inFile("components/model/lifetime/trust.ts", "trust", [
    [
      "a fork's environment gets the project's logins and secrets",
      "sharedSecrets: false",
      "sharedSecrets: true",
    ],
    ["a fork's environment has addresses under the project's domain", "exposed: false", "exposed: true"],
    ["the longest time to live is refused", "if (life <= (ttlMs(maxTtl)", "if (life < (ttlMs(maxTtl)"],
  ]),
  ...inFile("components/model/lifetime/trust.ts", "trust", [
    [
      "an unknown trust counts as full trust",
      "trust === Trust.trusted ? trust : Trust.fork",
      "trust === Trust.fork ? trust : Trust.trusted",
    ],
  ]),
  ...inFile("cli/environment/identity.ts", "identify", [
    [
      "a secret may be given by --config",
      "if (givenSetting(settings, key) !== undefined)",
      "if (givenSetting(settings, variable) !== undefined)",
    ],
    [
      "commits of a branch share an environment",
      'if (scope === "commit") return commit;',
      'if (scope === "commit") return "";',
    ],
  ]),
  ...inFile("cli/pulumi/pulumiProject.ts", "pulumiProject", [
    ["the first of two values that --config gives counts", "values.findLast(", "values.find("],
  ]),
  ...inFile("foundation/ciRun.ts", "ciRun", [
    [
      "a merge request of a fork counts as the project's own",
      "const fork = source !== undefined && source !== target;",
      "const fork = false;",
    ],
    [
      "a pull request of a fork that was deleted is trusted",
      'head.repo?.full_name ?? "deleted"',
      "head.repo?.full_name ?? project",
    ],
    [
      "a pull request is about the commit that merges it",
      'head?.sha ?? first("GITHUB_SHA")',
      'first("GITHUB_SHA") ?? head?.sha',
    ],
    ["a tag is taken for the branch of its name", "name && `refs/tags/${name}`", "name"],
  ]),
];
