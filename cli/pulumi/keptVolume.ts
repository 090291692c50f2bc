/** What is said of a volume's claim that Pulumi refuses to remove, or to make anew; nothing of any other error. */
export function keptVolume(error: string): string | undefined {
  const [, urn, name] =
    /resource "(urn:[^"]*:PersistentVolumeClaim::([^"]+)-volume)"\s+(?:cannot be deleted|as it is currently|as part of)/.exec(
      error,
    ) ?? [];
  if (urn === undefined || name === undefined) return undefined;
  return `the volume of ${name} keeps its data, and what is deployed would remove it or make it anew: give its service the same volume as before, or run \`pulumi state unprotect '${urn}'\` and deploy again`;
}
