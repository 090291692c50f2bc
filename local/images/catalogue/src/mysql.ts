import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Database } from "./dsn.ts";

/**
 * As much of MySQL's client protocol as a catalogue needs: password login and queries with text results. Each query has
 * a connection of its own, so that a database that comes back is found at once.
 */

export type Row = (string | null)[];

const capabilities =
  0x1 | // long passwords
  0x8 | // the database is in the login
  0x200 | // protocol 4.1
  0x2000 | // transactions
  0x8000 | // 4.1 authentication
  0x80000; // the authentication's name is in the login

const utf8mb4 = 45;
const okMark = 0x00;
const nullMark = 0xfb;
const endMark = 0xfe;
const errorMark = 0xff;
const queryCommand = "\x03";

export async function query(database: Database, statement: string, limit: number): Promise<Row[]> {
  const signal = AbortSignal.timeout(limit);
  const socket = connect({ host: database.host, port: database.port, signal });
  try {
    const packets = readPackets(socket);
    await login(socket, packets, database);
    send(socket, 0, Buffer.from(`${queryCommand}${statement}`));
    return await readResult(packets);
  } finally {
    socket.destroy();
  }
}

/** A literal that holds any text without escapes. */
export function literal(value: string): string {
  return `_utf8mb4 X'${Buffer.from(value).toString("hex")}'`;
}

interface Packet {
  sequence: number;
  payload: Buffer;
}

type Packets = AsyncGenerator<Packet, undefined>;

async function* readPackets(socket: Socket): Packets {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    while (received.length >= 4 && received.length >= 4 + received.readUIntLE(0, 3)) {
      const end = 4 + received.readUIntLE(0, 3);
      yield { sequence: received.readUInt8(3), payload: received.subarray(4, end) };
      received = received.subarray(end);
    }
  }
}

async function next(packets: Packets): Promise<Packet> {
  const { value } = await packets.next();
  if (value === undefined) throw new Error("The database closed the connection.");
  if (value.payload[0] === errorMark)
    throw new Error(`The database refused: ${value.payload.toString("utf8", 9)}`);
  return value;
}

function send(socket: Socket, sequence: number, payload: Buffer): void {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence, 3);
  socket.write(Buffer.concat([header, payload]));
}

async function login(socket: Socket, packets: Packets, database: Database): Promise<void> {
  const greeting = await next(packets);
  send(socket, greeting.sequence + 1, loginPayload(database, greetingSalt(greeting.payload)));
  const answer = await next(packets);
  if (answer.payload[0] === okMark) return;
  // A server whose default is another authentication asks again for the one that the account has.
  const [name, salt] = splitAtNull(answer.payload.subarray(1));
  if (name.toString() !== "mysql_native_password") throw new Error(`The database wants ${name.toString()}.`);
  send(socket, answer.sequence + 1, scramble(database.password, salt.subarray(0, 20)));
  await next(packets);
}

/** The salt is in two parts: 8 bytes after the version and the thread, 12 after 19 bytes of capabilities. */
function greetingSalt(greeting: Buffer): Buffer {
  const [, rest] = splitAtNull(greeting.subarray(1));
  return Buffer.concat([rest.subarray(4, 12), rest.subarray(31, 43)]);
}

function loginPayload({ user, password, name }: Database, salt: Buffer): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(capabilities, 0);
  head.writeUInt32LE(0xffffff, 4);
  head.writeUInt8(utf8mb4, 8);
  const token = scramble(password, salt);
  const length = Buffer.from([token.length]);
  return Buffer.concat([
    head,
    Buffer.from(`${user}\0`),
    length,
    token,
    Buffer.from(`${name}\0mysql_native_password\0`),
  ]);
}

/** mysql_native_password: SHA1(password) XOR SHA1(salt + SHA1(SHA1(password))). */
function scramble(password: string, salt: Buffer): Buffer {
  if (password === "") return Buffer.alloc(0);
  const once = sha1(Buffer.from(password));
  const mask = sha1(Buffer.concat([salt, sha1(once)]));
  return once.map((byte, index) => byte ^ (mask[index] ?? 0)) as Buffer;
}

function sha1(data: Buffer): Buffer {
  return createHash("sha1").update(data).digest();
}

function splitAtNull(bytes: Buffer): [Buffer, Buffer] {
  const end = bytes.indexOf(0);
  return end < 0 ? [bytes, Buffer.alloc(0)] : [bytes.subarray(0, end), bytes.subarray(end + 1)];
}

/** Column count, one packet for each column, an end mark, one packet for each row, an end mark. */
async function readResult(packets: Packets): Promise<Row[]> {
  const { payload } = await next(packets);
  if (payload[0] === okMark) return [];
  while (!isEnd((await next(packets)).payload)) continue;
  const rows: Row[] = [];
  for (let row = await next(packets); !isEnd(row.payload); row = await next(packets))
    rows.push(readRow(row.payload));
  return rows;
}

function isEnd(payload: Buffer): boolean {
  return payload[0] === endMark && payload.length < 9;
}

function readRow(payload: Buffer): Row {
  const row: Row = [];
  for (let at = 0; at < payload.length;) {
    const { start, length } = fieldAt(payload, at);
    row.push(length === null ? null : payload.toString("utf8", start, start + length));
    at = start + (length ?? 0);
  }
  return row;
}

/** A field begins with its length: one byte, or a mark and two, three or eight bytes. */
function fieldAt(payload: Buffer, at: number): { start: number; length: number | null } {
  const first = payload.readUInt8(at);
  if (first < nullMark) return { start: at + 1, length: first };
  if (first === nullMark) return { start: at + 1, length: null };
  const bytes = first === 0xfc ? 2 : first === 0xfd ? 3 : 6;
  const start = at + 1 + (first === 0xfe ? 8 : bytes);
  return { start, length: payload.readUIntLE(at + 1, bytes) };
}
