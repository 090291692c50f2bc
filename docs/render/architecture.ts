import { folderOf, rooms } from "../../test/static/rooms.ts";
import { code, markdownTable } from "./markdownTable.ts";

/** Rooms that somebody enters: `components/index.ts` is the room `components`. */
const entered = (room: string) => rooms[room]?.enters.map(folderOf) ?? [];
const keys = new Map(Object.keys(rooms).map((room) => [folderOf(room), room]));

/** All that a room reaches by way of others. */
function reached(folder: string, seen = new Set<string>()): Set<string> {
  for (const next of entered(keys.get(folder) ?? "")) if (!seen.has(next)) reached(next, seen.add(next));
  return seen;
}

/** Which room enters which; an arrow that follows from others is left out. */
export function roomPicture(): string {
  const lines = [...keys].flatMap(([folder, room]) => {
    const direct = entered(room).filter((other) => keys.has(other) && !isWithin(other, folder));
    const needed = direct.filter((other) => !direct.some((one) => one !== other && reached(one).has(other)));
    return needed.map((other) => `  ${id(folder)}["${folder}"] --> ${id(other)}["${other}"]`);
  });
  return ["```mermaid", "flowchart TD", ...lines, "```"].join("\n");
}

/** The package's own folders and its index enter each other: they are one house. */
function isWithin(other: string, folder: string): boolean {
  return other === "components" && folder.startsWith("components/");
}

function id(folder: string): string {
  return folder.replaceAll("/", "_");
}

export function roomTable(): string {
  return markdownTable(
    ["folder", "what lies there"],
    [...keys].map(([folder, room]) => [code(folder), rooms[room]?.what ?? ""]),
  );
}
