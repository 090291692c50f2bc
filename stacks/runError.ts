import { RunError } from "@pulumi/pulumi";
import { SettingError } from "../foundation/settingError.ts";

/** Turns a wrong setting into an error that Pulumi prints without a stack. */
export function asRunError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SettingError ? new RunError(error.message) : error;
  }
}
