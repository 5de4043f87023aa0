import { assertEquals } from "../../lib/assert.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { buildBatch } from "../../protocol/records/builder.ts";
import { DEFAULT_LEVELS } from "../../protocol/records/compression/compression.ts";
import type { AbortedTransaction } from "../transaction_index.ts";
import { TEST_TIME_MS } from "../testing/batches.ts";
import { keyedBatch, markerBatch, offsetMapOf, textsIn } from "../testing/cleaning.ts";
import { BatchFilter, type FilterRules, type LastRecord } from "./batch_filter.ts";
import { CleanedTransactions } from "./cleaned_transactions.ts";

const RETENTION_MS = 60_000;

function data(producerId: number, baseOffset: number, ...texts: string[]): BatchView {
  const producer = { producerId, producerEpoch: 0, baseSequence: 0, transactional: true };
  return keyedBatch(texts, { ...producer, baseOffset });
}

const aborted = (producerId: number, firstOffset: number, lastOffset: number) => ({
  producerId,
  firstOffset,
  lastOffset,
  lastStableOffset: firstOffset,
});

interface Cleaned {
  readonly batches: readonly BatchView[];
  /** The records of data that are left, and the markers, as `offset marker`. */
  readonly texts: readonly string[];
  /** The aborted transactions that stand in the new index. */
  readonly index: readonly AbortedTransaction[];
}

function cleaned(
  batches: readonly BatchView[],
  transactions: readonly AbortedTransaction[] = [],
  rules: Partial<FilterRules> = {},
): Cleaned {
  const filter = new BatchFilter({
    map: offsetMapOf({}, 1000),
    transactions: new CleanedTransactions(transactions),
    producers: new Map(),
    endOffset: -1,
    nowMs: TEST_TIME_MS,
    deleteRetentionMs: RETENTION_MS,
    compressionLevels: DEFAULT_LEVELS,
    ...rules,
  });
  const left = batches.flatMap((batch) => {
    const bytes = filter.filter(batch);
    return bytes === null ? [] : [new BatchView(bytes.slice())];
  });
  const texts = left.flatMap((batch) =>
    batch.isControl && batch.recordCount > 0 ? [`${batch.baseOffset} marker`] : textsIn(batch.bytes)
  );
  return { batches: left, texts, index: filter.takeAbortedTransactions() };
}

Deno.test("cleaned transactions: aborted data goes, that of others stays", () => {
  const log = [
    data(1, 10, "a=1"),
    data(2, 11, "b=2"),
    data(1, 12, "c=3"),
    markerBatch("abort", 1, 13),
    data(1, 14, "d=4"),
    markerBatch("commit", 2, 15),
    markerBatch("commit", 1, 16),
  ];
  const { texts } = cleaned(log, [aborted(1, 10, 13)]);
  assertEquals(texts, ["11 b=2", "13 marker", "14 d=4", "15 marker", "16 marker"]);
});

Deno.test("cleaned transactions: data outside of transactions is never aborted", () => {
  const producer = { producerId: 1, producerEpoch: 0, baseSequence: 0 };
  const log = [keyedBatch(["a=1"], { ...producer, baseOffset: 10 }), markerBatch("abort", 1, 11)];
  assertEquals(cleaned(log, [aborted(1, 10, 11)]).texts, ["10 a=1", "11 marker"]);
});

Deno.test("cleaned transactions: an abort marker stays with its index entry while data was met", () => {
  const transaction = aborted(1, 10, 11);
  const first = cleaned([data(1, 10, "a=1"), markerBatch("abort", 1, 11)], [transaction]);
  assertEquals([first.texts, first.index], [["11 marker"], [transaction]]);
  assertEquals(first.batches[0].hasDeleteHorizon, false);
  const second = cleaned(first.batches, first.index);
  assertEquals([second.texts, second.index], [["11 marker"], []]);
  assertEquals(second.batches[0].baseTimestamp, TEST_TIME_MS + RETENTION_MS);
});

Deno.test("cleaned transactions: a marker without data goes once delete.retention.ms has passed", () => {
  for (const type of ["abort", "commit"] as const) {
    const marked = cleaned([markerBatch(type, 1, 11)]);
    assertEquals(marked.texts, ["11 marker"], type);
    const horizonMs = TEST_TIME_MS + RETENTION_MS;
    assertEquals(marked.batches[0].baseTimestamp, horizonMs);
    const early = cleaned(marked.batches, [], { nowMs: horizonMs - 1 });
    assertEquals(early.batches[0].bytes, marked.batches[0].bytes);
    assertEquals(cleaned(marked.batches, [], { nowMs: horizonMs }).batches, []);
  }
});

Deno.test("cleaned transactions: a commit marker stays as long as there is data before it", () => {
  const log = [data(1, 10, "a=1"), markerBatch("commit", 1, 11)];
  const { batches } = cleaned(log);
  assertEquals(batches.map(({ bytes }) => bytes), log.map(({ bytes }) => bytes));
});

Deno.test("cleaned transactions: the last marker of a producer without data stays, if only empty", () => {
  const producerOf = (epoch: number): ReadonlyMap<number, LastRecord> =>
    new Map([[1, { producerId: 1, producerEpoch: epoch, lastDataOffset: -1 }]]);
  const [marker] = cleaned([markerBatch("abort", 1, 11, 3)]).batches;
  const nowMs = TEST_TIME_MS + RETENTION_MS;
  const { batches: [empty] } = cleaned([marker], [], { nowMs, producers: producerOf(3) });
  assertEquals([empty.recordCount, empty.producerEpoch, empty.isControl], [0, 3, true]);
  const again = cleaned([empty], [], { nowMs, producers: producerOf(3) });
  assertEquals(again.batches[0].bytes, empty.bytes);
  assertEquals(cleaned([empty], [], { nowMs }).batches, []);
  assertEquals(cleaned([marker], [], { nowMs, producers: producerOf(4) }).batches, []);
});

Deno.test("cleaned transactions: one after the other of a producer are told apart", () => {
  const log = [
    data(1, 10, "a=1"),
    markerBatch("abort", 1, 11),
    data(1, 12, "a=2"),
    markerBatch("commit", 1, 13),
    data(1, 14, "a=3"),
    markerBatch("abort", 1, 15),
  ];
  const transactions = [aborted(1, 14, 15), aborted(1, 10, 11)];
  const { texts, index } = cleaned(log, transactions);
  assertEquals(texts, ["11 marker", "12 a=2", "13 marker", "15 marker"]);
  assertEquals(index.map(({ firstOffset }) => firstOffset), [10, 14]);
});

Deno.test("cleaned transactions: control batches that end no transaction stay as they are", () => {
  const key = new Uint8Array([0, 0, 0, 2]); // A leader change.
  const options = { control: true, baseOffset: 10 };
  const batch = new BatchView(
    buildBatch([{ timestamp: TEST_TIME_MS, key, value: new Uint8Array(4) }], options),
  );
  assertEquals(cleaned([batch]).batches[0].bytes, batch.bytes);
});
