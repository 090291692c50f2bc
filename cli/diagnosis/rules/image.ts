import type { CauseId } from "./causes.ts";

/** What registries and container runtimes say, the most telling first. */
const said: [RegExp, CauseId][] = [
  [/\b429\b|too ?many ?requests|rate limit/i, "registry-rate-limit"],
  [/no match for platform|does not match the specified platform/i, "image-wrong-platform"],
  [
    /\b40[13]\b|unauthorized|forbidden|denied|no basic auth|authorization failed|authentication required|insufficient_scope/i,
    "registry-login-refused",
  ],
  [
    /failed to (extract|unpack|apply) layer|failed size validation|wrong diff id|invalid tar|gzip|unexpected commit digest|failed to extract/i,
    "image-broken",
  ],
  [/not found|\b404\b|manifest unknown|name unknown|no such manifest/i, "image-missing"],
  [
    /dial tcp|connection refused|no such host|i\/o timeout|timed? ?out|connection reset|\bEOF\b|tls:|x509:|\b50[0234]\b|no route to host|server gave HTTP response/i,
    "registry-unreachable",
  ],
];

/** Why an image cannot be pulled, from what the kubelet says of it. */
export function pullCause(reason: string, message: string): CauseId {
  if (reason === "InvalidImageName") return "image-name-invalid";
  return said.find(([pattern]) => pattern.test(message))?.[1] ?? "image-not-pulled";
}

/** Reasons of a container that waits for its image. */
export const pullReasons = [
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
];

/** What the runtime did, and with which image, is known: the rest tells why. */
const known =
  /^(rpc error: code = \w+ desc = |failed to pull and unpack image "[^"]*": |failed to resolve reference "[^"]*": |failed to copy: |Back-off pulling image "[^"]*": |Failed to pull image "[^"]*": |ErrImagePull: )/;

/** The part of what is said that tells why. */
export function pullReason(message: string): string {
  const rest = message.replace(known, "");
  return rest === message ? message : pullReason(rest);
}
