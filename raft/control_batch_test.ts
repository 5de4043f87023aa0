import { assertEquals } from "../lib/assert.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { decodeBytes } from "../protocol/codec/codec.ts";
import { LeaderChangeMessage } from "../protocol/control_records/leader_change.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { batchesOf, readRecords } from "../protocol/records/read.ts";
import { leaderChangeBatch, snapshotFooterBatch, snapshotHeaderBatch } from "./control_batch.ts";
import { DIRECTORY_ID } from "./testing/test_voter.ts";

const ARCHIVE = await readTestArchive("kafka_4_3_1/logs.tar.gz");

function kafkaBatches(path: string): BatchView[] {
  return [...batchesOf(ARCHIVE.get(`kafka/${path}`)!)];
}

const bytesOf = (batch: BatchView) => batch.bytes.slice(batch.at, batch.end);

Deno.test("a new leader's batch is the one that Apache Kafka writes, byte for byte", () => {
  const [first] = kafkaBatches("__cluster_metadata-0/00000000000000000000.log");
  const place = { baseOffset: 0, leaderEpoch: 1, timestamp: first.baseTimestamp };
  const voter = { voterId: 1, voterDirectoryId: DIRECTORY_ID };
  assertEquals(leaderChangeBatch(1, [voter], 0, place), bytesOf(first));
});

Deno.test("the frame of a snapshot is the one that Apache Kafka writes, byte for byte", () => {
  const batches = kafkaBatches("bootstrap.checkpoint");
  const [header, footer] = [batches[0], batches.at(-1)!];
  const placeOf = ({ baseOffset, leaderEpoch, baseTimestamp: timestamp }: BatchView) => ({
    baseOffset,
    leaderEpoch,
    timestamp,
  });
  assertEquals(snapshotHeaderBatch(placeOf(header)), bytesOf(header));
  assertEquals(snapshotFooterBatch(placeOf(footer)), bytesOf(footer));
});

Deno.test("with dynamic voters a new leader's batch names their directories", () => {
  const voters = [
    { voterId: 1, voterDirectoryId: DIRECTORY_ID },
    { voterId: 2, voterDirectoryId: "SBPLDKBhRv-bnLLGkySCcg" },
  ];
  const place = { baseOffset: 5, leaderEpoch: 3, timestamp: 1000 };
  const batch = new BatchView(leaderChangeBatch(2, voters, 1, place));
  assertEquals([batch.isControl, batch.isValid], [true, true]);
  assertEquals([batch.baseOffset, batch.lastOffset, batch.leaderEpoch], [5, 5, 3]);
  const [record] = readRecords(batch);
  const message = decodeBytes(LeaderChangeMessage, 1, record.value!);
  assertEquals([message.version, message.leaderId], [1, 2]);
  const named = message.voters.map(({ voterId, voterDirectoryId }) => ({
    voterId,
    voterDirectoryId,
  }));
  assertEquals(named, voters);
  assertEquals(message.grantingVoters.map(({ voterId }) => voterId), [1, 2]);
});
