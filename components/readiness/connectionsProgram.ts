import type { ConnectionsArguments } from "./arguments.ts";
import { closedConnections } from "./connections.ts";
import { leaveMessage } from "./terminationMessage.ts";

// Ends once all services take connections: the container before the tests.
const { services, withinSeconds } = JSON.parse(process.argv.at(-1) ?? "") as ConnectionsArguments;
const closed = await closedConnections(services, withinSeconds);
if (closed.length > 0) {
  const sentence = `no connection within ${String(withinSeconds)} s to ${closed.join(", ")}; see dynenv diagnose`;
  console.log(sentence);
  leaveMessage(sentence.slice(0, 4000));
  // A name look-up that hangs would hold up the end.
  process.exit(1);
}
