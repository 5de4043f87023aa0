import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { SeededRandom } from "../../lib/random.ts";
import { decode } from "../../protocol/codec/codec.ts";
import { Reader } from "../../protocol/codec/reader.ts";
import { ResponseHeader } from "../../protocol/headers.ts";
import { FetchResponse } from "../../protocol/messages/01_fetch.ts";
import { HeartbeatResponse } from "../../protocol/messages/12_heartbeat.ts";
import type { Message, RecordsSource } from "../../protocol/schema/schema.ts";
import { type OutgoingResponse, ResponseStream } from "./response.ts";

/** Record data as a log hands it out, which may be cut short while it is sent. */
class Slice implements RecordsSource {
  constructor(private readonly bytes: Uint8Array, private readonly there = bytes.length) {}

  get byteLength(): number {
    return this.bytes.length;
  }

  copyTo(target: Uint8Array, from: number): number {
    const part = this.bytes.subarray(from, Math.min(from + target.length, this.there));
    target.set(part);
    return part.length;
  }
}

function heartbeat(correlationId: number, throttleTimeMs = 0): OutgoingResponse {
  return {
    message: HeartbeatResponse as unknown as Message,
    version: 4,
    headerVersion: 1,
    correlationId,
    body: { throttleTimeMs },
  };
}

function fetched(correlationId: number, slices: readonly (Slice | null)[]): OutgoingResponse {
  const partitions = slices.map((records, partitionIndex) => ({ partitionIndex, records }));
  return {
    message: FetchResponse as unknown as Message,
    version: 12,
    headerVersion: 1,
    correlationId,
    body: { responses: [{ topic: "t", partitions }] },
  };
}

/** Hands answers on one after the other. */
function queueOf(responses: OutgoingResponse[]): () => OutgoingResponse | null {
  return () => responses.shift() ?? null;
}

/** Everything that a stream sends, in pieces of the given size. */
function pieces(stream: ResponseStream, responses: OutgoingResponse[], size: number) {
  const next = queueOf([...responses]);
  const sent: Uint8Array[] = [];
  for (;;) {
    const piece = new Uint8Array(size).fill(0xee);
    const length = stream.fill(piece, next);
    if (length === 0) return sent;
    sent.push(piece.slice(0, length));
  }
}

/** Cuts what was sent into answers. */
function answers(sent: readonly Uint8Array[]): Uint8Array[] {
  const bytes = new Uint8Array(sent.flatMap((piece) => [...piece]));
  const view = new DataView(bytes.buffer);
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getInt32(at);
    assert(end <= bytes.length, "the last answer is cut off");
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}

function correlationId(answer: Uint8Array): number {
  return decode(ResponseHeader, 1, new Reader(answer)).correlationId;
}

/** The record bytes per partition of a Fetch answer, which must be whole. */
function recordsIn(answer: Uint8Array): (string | undefined)[] {
  const reader = new Reader(answer);
  decode(ResponseHeader, 1, reader);
  const { responses } = decode(FetchResponse, 12, reader);
  assertEquals(reader.remaining, 0, "the announced length is that of the answer");
  return responses[0].partitions.map(({ records }) => records?.toHex());
}

Deno.test("responses: several answers leave in one piece, in order", () => {
  const sent = pieces(new ResponseStream(), [heartbeat(7), heartbeat(8, 500), heartbeat(9)], 4096);
  assertEquals(sent.length, 1);
  assertEquals(answers(sent).map(correlationId), [7, 8, 9]);
});

Deno.test("responses: record data stands at its place, however small the pieces are", () => {
  const random = new SeededRandom(3);
  const data = [random.bytes(700), random.bytes(1), random.bytes(0), random.bytes(3000)];
  const responses = [
    heartbeat(1),
    fetched(2, [null, ...data.map((bytes) => new Slice(bytes))]),
    heartbeat(3),
    fetched(4, [new Slice(data[0])]),
  ];
  // From 256 bytes on a piece takes up a new answer; at odd sizes pieces end anywhere in it.
  for (const size of [256, 257, 300, 511, 1000, 4096, 65536]) {
    const found = answers(pieces(new ResponseStream(), responses, size));
    assertEquals(found.map(correlationId), [1, 2, 3, 4], `pieces of ${size}`);
    assertEquals(recordsIn(found[1]), [undefined, ...data.map((bytes) => bytes.toHex())]);
    assertEquals(recordsIn(found[3]), [data[0].toHex()]);
  }
});

Deno.test("responses: an answer that is sent piece by piece is not touched by other connections", () => {
  const topics = (letter: string): OutgoingResponse => ({
    message: FetchResponse as unknown as Message,
    version: 12,
    headerVersion: 1,
    correlationId: letter.charCodeAt(0),
    body: {
      responses: Array.from(
        { length: 100 },
        (_, i) => ({ topic: letter.repeat(i), partitions: [] }),
      ),
    },
  });
  const streams = ["a", "b", "c"].map((letter) => ({
    stream: new ResponseStream(),
    next: queueOf([topics(letter)]),
    sent: [] as Uint8Array[],
  }));
  for (let sending = true; sending;) {
    sending = false;
    for (const { stream, next, sent } of streams) {
      const piece = new Uint8Array(300);
      const length = stream.fill(piece, next);
      if (length < 300) assert(!stream.isMidResponse);
      if (length > 0) sending = true;
      sent.push(piece.subarray(0, length));
    }
  }
  streams.forEach(({ sent }, i) => {
    const [answer] = answers(sent);
    const reader = new Reader(answer);
    decode(ResponseHeader, 1, reader);
    const letter = "abc"[i];
    assertEquals(
      decode(FetchResponse, 12, reader).responses.map(({ topic }) => topic),
      Array.from({ length: 100 }, (_, n) => letter.repeat(n)),
    );
  });
});

Deno.test("responses: records that are cut while they are sent end the answer with an error", () => {
  const stream = new ResponseStream();
  const bytes = new SeededRandom(1).bytes(2000);
  const next = queueOf([fetched(1, [new Slice(bytes, 1200)])]);
  assertEquals(stream.fill(new Uint8Array(512), next), 512);
  assert(stream.isMidResponse);
  assertEquals(stream.fill(new Uint8Array(512), next), 512);
  assertThrows(() => stream.fill(new Uint8Array(512), next), Error, "the log was cut");
});

Deno.test("responses: a large answer leaves its memory to nobody else's small one", () => {
  const large = fetched(1, [new Slice(new Uint8Array(10))]);
  const topic = "x".repeat(32_000);
  const responses = Array.from({ length: 100 }, () => ({ topic, partitions: [] }));
  const sent = pieces(new ResponseStream(), [{ ...large, body: { responses } }], 65536);
  assert(sent.every((piece) => piece.length <= 65536));
  const reader = new Reader(answers(sent)[0]);
  decode(ResponseHeader, 1, reader);
  assertEquals(decode(FetchResponse, 12, reader).responses.length, 100);
  const [small] = answers(pieces(new ResponseStream(), [heartbeat(5)], 4096));
  assertEquals(correlationId(small), 5);
});
