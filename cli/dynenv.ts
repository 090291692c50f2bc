import { exitCodes } from "../foundation/failure.ts";
import { exitWith } from "./process/exit.ts";
import { exitCodeOf, main } from "./main.ts";
import { door } from "./process/door.ts";

const words = process.argv.slice(2);
let isEnding = false;

door.whenBroken(unlessUnread);
process.on("uncaughtException", (error) => {
  // What cannot be written cannot be told either, a second time least of all.
  if (isEnding) process.exit(exitCodes.unreachable);
  isEnding = true;
  void exitWith(exitCodeOf(error, words));
});

await exitWith(await main(words));

/** A terminal that was closed, or a pipe that nobody reads, must not keep a cleanup from its end. */
function unlessUnread(error: NodeJS.ErrnoException): void {
  if (!["EIO", "EPIPE"].includes(error.code ?? "")) throw error;
}
