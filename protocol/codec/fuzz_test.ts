/**
 * Random, truncated and length-lying input to every decoder ends in a `DecodeError`, and neither
 * takes long nor allocates much more than the input.
 */
import { assert, assertEquals } from "../../lib/assert.ts";
import { readTestText } from "../../lib/testdata.ts";
import { ALL_MESSAGES, messageByName } from "../all_messages.ts";
import { BatchView, CorruptBatchError } from "../records/batch.ts";
import { buildBatch } from "../records/builder.ts";
import { DecompressError } from "../records/compression/compression.ts";
import { InvalidRecordError } from "../records/record_cursor.ts";
import { readRecords } from "../records/read.ts";
import type { Message } from "../schema/schema.ts";
import { parseVersions } from "../schema/versions.ts";
import { compileDecoder } from "./compile.ts";
import { interpretDecode } from "./interpret.ts";
import { DecodeError, Reader } from "./reader.ts";
import type { GoldenCase } from "../golden.ts";

/** A small generator with a seed, so that a failure can be had again (xorshift32). */
function generator(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Decodes; returns whether the input was refused. Anything but a `DecodeError` is thrown on. */
function refused(decodeOnce: () => unknown): boolean {
  try {
    decodeOnce();
    return false;
  } catch (error) {
    if (error instanceof DecodeError) return true;
    throw error;
  }
}

function bothAgree(message: Message, version: number, bytes: Uint8Array): boolean {
  const compiled = refused(() => compileDecoder(message, version)(new Reader(bytes)));
  const interpreted = refused(() => interpretDecode(message, version, new Reader(bytes)));
  assertEquals(compiled, interpreted, `${message.name} v${version} ${bytes.toHex()}`);
  return compiled;
}

Deno.test("fuzz: random bytes to every decoder", () => {
  const random = generator(7);
  let runs = 0;
  for (const { message } of ALL_MESSAGES) {
    const { min, max } = parseVersions(message.versions);
    for (let version = min; version <= max; version++) {
      for (let i = 0; i < 10; i++) {
        const bytes = new Uint8Array(random() % 64);
        for (let at = 0; at < bytes.length; at++) bytes[at] = random() >>> (random() % 24);
        bothAgree(message, version, bytes);
        runs++;
      }
    }
  }
  assert(runs > 5000, String(runs));
});

const golden: GoldenCase[] = (await readTestText("kafka_4_3_1/golden.jsonl.gz"))
  .split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));

Deno.test("fuzz: every truncation of sampled messages is refused", () => {
  let runs = 0;
  for (let i = 0; i < golden.length; i += 11) {
    const { name, version, hex } = golden[i];
    const bytes = Uint8Array.fromHex(hex);
    const { message } = messageByName(name)!;
    for (let length = 0; length < Math.min(bytes.length, 200); length++) {
      assert(
        bothAgree(message, version, bytes.subarray(0, length)),
        `${name} v${version} ${length}`,
      );
      runs++;
    }
  }
  assert(runs > 5000, String(runs));
});

Deno.test("fuzz: lying lengths end in an error and allocate no more than a bound", () => {
  const before = Deno.memoryUsage();
  const random = generator(11);
  let refusals = 0;
  for (let i = 0; i < golden.length; i++) {
    const { name, version, hex } = golden[i];
    const bytes = Uint8Array.fromHex(hex);
    if (bytes.length < 8) continue;
    const { message } = messageByName(name)!;
    for (let k = 0; k < 4; k++) {
      const lying = bytes.slice();
      const at = random() % (lying.length - 5);
      lying.set([[0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x07]][k % 2], at);
      if (bothAgree(message, version, lying)) refusals++;
    }
  }
  const grown = Deno.memoryUsage().external - before.external;
  assert(refusals > 1500, String(refusals));
  assert(grown < 64 * 1024 * 1024, `${grown} bytes more outside the heap`);
});

Deno.test("fuzz: damaged batches end in one of the batch errors", () => {
  const random = generator(3);
  const counts = { corrupt: 0, invalid: 0, decompress: 0, read: 0 };
  for (const compression of [0, 1, 2, 3, 4] as const) {
    const records = Array.from({ length: 20 }, (_, i) => ({
      timestamp: i,
      key: new Uint8Array(i),
      value: new Uint8Array(i * 3).fill(i),
      headers: [[new Uint8Array([1]), null]] as [Uint8Array, null][],
    }));
    const whole = buildBatch(records, { compression });
    for (let i = 0; i < 600; i++) {
      const bytes = whole.slice(0, i % 3 === 0 ? random() % whole.length : whole.length);
      for (let k = 0; k < 3 && bytes.length > 0; k++) bytes[random() % bytes.length] = random();
      try {
        const batch = new BatchView(bytes);
        if (batch.wholeSize() < 0) continue;
        readRecords(batch, 1 << 20);
        counts.read++;
      } catch (error) {
        if (error instanceof CorruptBatchError) counts.corrupt++;
        else if (error instanceof InvalidRecordError) counts.invalid++;
        else if (error instanceof DecompressError) counts.decompress++;
        else throw error;
      }
    }
  }
  assert(
    counts.corrupt > 20 && counts.invalid > 50 && counts.decompress > 50,
    JSON.stringify(counts),
  );
});
