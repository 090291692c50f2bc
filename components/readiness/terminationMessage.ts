import { existsSync, writeFileSync } from "node:fs";

/** Where the kubelet takes the message of an ended container from, which Pulumi shows. */
const terminationLog = "/dev/termination-log";

/** Leaves a text as the container's termination message; outside of a pod it leaves nothing. */
export function leaveMessage(text: string): void {
  if (existsSync(terminationLog)) writeFileSync(terminationLog, text);
}
