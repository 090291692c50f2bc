import type { Access } from "../../cli/access/permissions.ts";

/** A rule of a role, as ci/rbac.yaml has them. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Rules without one verb of one resource. */
export function withoutVerb(
  rules: Rule[],
  { apiGroup, resource, verb }: Pick<Access, "apiGroup" | "resource" | "verb">,
): Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.apiGroups.includes(apiGroup) || !rule.resources.includes(resource)) return [rule];
    const others = { ...rule, resources: rule.resources.filter((each) => each !== resource) };
    const rest = { ...rule, resources: [resource], verbs: rule.verbs.filter((each) => each !== verb) };
    return [others, rest].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);
  });
}
