import { assertEquals } from "../lib/assert.ts";
import { type MetadataRecord, metadataRecord } from "../protocol/metadata_records/mod.ts";
import { MetadataTransaction } from "./metadata_transaction.ts";

const BEGIN = metadataRecord("BeginTransactionRecord", 0, { name: "several batches" });
const END = metadataRecord("EndTransactionRecord", 0, {});
const ABORT = metadataRecord("AbortTransactionRecord", 0, {});

const feature = (featureLevel: number) =>
  metadataRecord("FeatureLevelRecord", 0, { name: "group.version", featureLevel });

const [A, B, C, D] = [1, 2, 3, 4].map(feature);

/** What counts after each batch. */
function settled(...batches: MetadataRecord[][]): MetadataRecord[][] {
  const transaction = new MetadataTransaction();
  return batches.map((batch) => transaction.settle(batch));
}

Deno.test("metadata transactions: records outside of one count at once", () => {
  assertEquals(settled([A], [B, C]), [[A], [B, C]]);
});

Deno.test("metadata transactions: records of one count together, at its end", () => {
  assertEquals(settled([BEGIN, A, B, END]), [[A, B]]);
  assertEquals(settled([BEGIN, A], [B], [END]), [[], [], [A, B]]);
});

Deno.test("metadata transactions: records of one that is aborted never count", () => {
  assertEquals(settled([BEGIN, A], [B, ABORT], [C]), [[], [], [C]]);
});

Deno.test("metadata transactions: what stands before and behind one in a batch counts at once", () => {
  assertEquals(settled([A, BEGIN, B], [C, END, D]), [[A], [B, C, D]]);
});

Deno.test("metadata transactions: one is open from its beginning to its end", () => {
  const transaction = new MetadataTransaction();
  const isOpen = (record: MetadataRecord) => {
    transaction.settle([record]);
    return transaction.isOpen;
  };
  assertEquals([A, BEGIN, B, END, BEGIN, ABORT].map(isOpen), [
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});
