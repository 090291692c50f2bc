/** An absolute path without `.`, `..`, empty parts, blanks, control characters and colons, at which mounts are split. */
export const folderPattern = /^(?=.{1,1024}$)(?:\/(?!\.{1,2}(?:\/|$))[^/\s:\p{C}]{1,255})+$/u;

/** What the kernel, the kubelet or the container runtime keeps for itself, with all that is within. */
const system = ["/proc", "/sys", "/dev", "/var/run/secrets", "/run/secrets"];

/** What an image's programs and their settings are in: a folder that is empty at first would hide them. */
const programs = [
  "/bin",
  "/boot",
  "/etc",
  "/lib",
  "/lib32",
  "/lib64",
  "/sbin",
  "/usr",
  "/usr/bin",
  "/usr/lib",
];

/** Files that the kubelet puts into each container. */
const files = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

/** Whether a container cannot have a folder of its own there, or would not run with one. */
export function isReserved(path: string): boolean {
  return programs.includes(path) || [...system, ...files].some((folder) => isWithin(path, folder));
}

/** Whether a path is `folder` or below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
