/** Settings that are secrets, each with the variable that gives it. */
export const secretSettings = {
  registryPassword: "CI_REGISTRY_PASSWORD",
  pullPassword: "DYNENV_PULL_PASSWORD",
  pullLogins: "DYNENV_PULL_LOGINS",
} as const;
