import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { encodeBytes } from "../protocol/codec/codec.ts";
import { controlRecordKey, ControlType } from "../protocol/control_records/mod.ts";
import { KRaftVersionRecord } from "../protocol/control_records/kraft_version.ts";
import { VotersRecord } from "../protocol/control_records/voters.ts";
import { decodeMetadataRecord } from "../protocol/metadata_records/mod.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { MalformedFileError } from "../storage/files_format.ts";
import { snapshotFooterBatch, snapshotHeaderBatch } from "./control_batch.ts";
import { newestSnapshot, readSnapshot, snapshotBytes, snapshotPath } from "./snapshot.ts";
import { DIRECTORY_ID, METADATA_DIRECTORY as DIRECTORY } from "./testing/test_voter.ts";

const PATH = snapshotPath(DIRECTORY, { endOffset: 10, epoch: 2 });
const TIME = 1_700_000_000_000;

const bytes = (text: string) => new TextEncoder().encode(text);

function filesWith(content: Uint8Array, path = PATH): MemoryFiles {
  const files = new MemoryFiles();
  files.put(path, content);
  return files;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("what Apache Kafka formats a folder with is read", async () => {
  const archive = await readTestArchive("kafka_4_3_1/logs.tar.gz");
  const path = "/data/bootstrap.checkpoint";
  const snapshot = readSnapshot(filesWith(archive.get("kafka/bootstrap.checkpoint")!, path), path);
  const levels = snapshot.values.map((value) => {
    const { type, data } = decodeMetadataRecord(value);
    return type === "FeatureLevelRecord" ? [data.name, data.featureLevel] : type;
  });
  assertEquals(levels, [
    ["metadata.version", 30],
    ["eligible.leader.replicas.version", 1],
    ["group.version", 1],
    ["share.version", 1],
    ["streams.version", 1],
    ["transaction.version", 2],
  ]);
  assertEquals([snapshot.kraftVersion, snapshot.voters], [null, null]);
});

Deno.test("a snapshot reads back as it was written", () => {
  const values = [bytes("a"), bytes(""), bytes("c".repeat(1000))];
  assertEquals(readSnapshot(filesWith(snapshotBytes(values, TIME)), PATH), {
    values,
    kraftVersion: null,
    voters: null,
  });
});

Deno.test("a snapshot of a quorum with dynamic voters names them", () => {
  const place = { leaderEpoch: 0, timestamp: TIME };
  const endpoint = { name: "CONTROLLER", host: "localhost", port: 9093 };
  const voter = {
    voterId: 1,
    voterDirectoryId: DIRECTORY_ID,
    endpoints: [endpoint],
    kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
  };
  const control = buildBatch([
    {
      key: controlRecordKey(ControlType.KRAFT_VERSION),
      value: encodeBytes(KRaftVersionRecord, 0, { kRaftVersion: 1 }),
      timestamp: TIME,
    },
    {
      key: controlRecordKey(ControlType.KRAFT_VOTERS),
      value: encodeBytes(VotersRecord, 0, { voters: [voter] }),
      timestamp: TIME,
    },
  ], { baseOffset: 1, leaderEpoch: 0, control: true });
  const content = joined(
    snapshotHeaderBatch({ ...place, baseOffset: 0 }),
    control,
    buildBatch([{ value: bytes("record"), timestamp: TIME }], { baseOffset: 3, leaderEpoch: 0 }),
    snapshotFooterBatch({ ...place, baseOffset: 4 }),
  );
  const snapshot = readSnapshot(filesWith(content), PATH);
  assertEquals(snapshot.values, [bytes("record")]);
  assertEquals(snapshot.kraftVersion, 1);
  assertEquals(snapshot.voters!.map(({ voterId }) => voterId), [1]);
});

Deno.test("the newest snapshot is the one with the largest end offset", () => {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  assertEquals(newestSnapshot(files, DIRECTORY), null);
  for (const [endOffset, epoch] of [[9, 3], [100, 5], [20, 4]]) {
    files.put(snapshotPath(DIRECTORY, { endOffset, epoch }), bytes(""));
  }
  // Neither of these is a snapshot yet, or still.
  files.put(`${DIRECTORY}/00000000000000000200-0000000006.checkpoint.part`, bytes(""));
  files.put(`${DIRECTORY}/00000000000000000300-0000000007.checkpoint.deleted`, bytes(""));
  files.put(`${DIRECTORY}/bootstrap.checkpoint`, bytes(""));
  assertEquals(newestSnapshot(files, DIRECTORY), { endOffset: 100, epoch: 5 });
  assertEquals(PATH, `${DIRECTORY}/00000000000000000010-0000000002.checkpoint`);
});

Deno.test("a damaged or torn snapshot is refused, with its path", () => {
  const whole = snapshotBytes([bytes("one"), bytes("two")], TIME);
  const damaged = whole.slice();
  damaged[whole.length >> 1] ^= 1;
  const withoutFooter = whole.slice(
    0,
    -snapshotFooterBatch({
      baseOffset: 3,
      leaderEpoch: 0,
      timestamp: TIME,
    }).length,
  );
  const cases: [content: Uint8Array, problem: string][] = [
    [damaged, "a checksum is wrong"],
    [whole.slice(0, -1), "it is not complete"],
    [whole.slice(0, 30), "it is not complete"],
    [withoutFooter, "it is not complete"],
    [joined(whole, bytes("more")), "it is not complete"],
    [new Uint8Array(0), "it is not complete"],
  ];
  for (const [content, problem] of cases) {
    const error = assertThrows(() => readSnapshot(filesWith(content), PATH), MalformedFileError);
    assertEquals(error.message, `Cannot read ${PATH}: ${problem}`);
  }
});

Deno.test("whichever byte of a snapshot is damaged, it is refused or reads the same", () => {
  const values = [bytes("one"), bytes("two")];
  const whole = snapshotBytes(values, TIME);
  for (let at = 0; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at] ^= 0xff;
    try {
      assertEquals(readSnapshot(filesWith(damaged), PATH).values, values, `byte ${at}`);
    } catch (error) {
      if (!(error instanceof MalformedFileError)) throw error;
    }
  }
});
