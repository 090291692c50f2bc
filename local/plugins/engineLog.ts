import engine, { type LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import { getEngine, resetOptions } from "@pulumi/pulumi/runtime/settings.js";

/** Tells the plugin's runtime where the engine listens: the engine passes it as the last plain argument. */
export function connectEngineLog(args: string[]): void {
  const address = args.findLast((arg) => /^[^-].*:\d+$/.test(arg));
  if (address !== undefined) resetOptions("", "", 1, address, "", false, "");
}

/** Shows a line beside the resource while it is at work. */
export function logProgress(urn: string, message: string): void {
  log(urn, message, engine.LogSeverity.INFO, true);
}

export function logWarning(urn: string, message: string): void {
  log(urn, message, engine.LogSeverity.WARNING, false);
}

function log(urn: string, message: string, severity: LogSeverity, ephemeral: boolean): void {
  const request = new engine.LogRequest();
  request.setUrn(urn).setMessage(message).setSeverity(severity).setEphemeral(ephemeral);
  // A line that is lost must not fail a build.
  getEngine()?.log(request, () => undefined);
}
