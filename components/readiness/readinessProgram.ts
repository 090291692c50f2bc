import type { ReadinessArguments } from "./arguments.ts";
import { reportOf, reportText } from "./report.ts";
import { secondsSinceStart } from "./started.ts";
import { leaveMessage } from "./terminationMessage.ts";
import { waitUntilReady } from "./untilReady.ts";

// The program of the readiness Job.
const { targets, withinSeconds } = JSON.parse(process.argv.at(-1) ?? "") as ReadinessArguments;
const report = reportOf(await waitUntilReady(targets, withinSeconds - secondsSinceStart()), withinSeconds);
console.log(report.summary);
leaveMessage(reportText(report));
process.exitCode = report.services.some(({ failure }) => failure !== undefined) ? 1 : 0;
