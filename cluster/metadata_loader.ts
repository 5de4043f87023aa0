/**
 * Follows the metadata log and keeps the image of what is committed. Records of a metadata
 * transaction (KIP-868) count together, once it has ended.
 */
import { decodeMetadataRecord, type MetadataRecord } from "../protocol/metadata_records/mod.ts";
import type { CommittedBatch, RaftListener } from "../raft/raft_node.ts";
import type { SnapshotId } from "../raft/snapshot.ts";
import { applyRecords, type ImageChanges } from "./image/apply.ts";
import { EMPTY_IMAGE, type MetadataImage } from "./image/metadata_image.ts";
import { MetadataTransaction } from "./metadata_transaction.ts";

/** Told of every new image, in order. */
export type ImageListener = (
  image: MetadataImage,
  changes: ImageChanges,
  before: MetadataImage,
) => void;

export class MetadataLoader implements RaftListener {
  private current: MetadataImage = EMPTY_IMAGE;
  private readonly transaction = new MetadataTransaction();
  private readonly listeners: ImageListener[] = [];

  get image(): MetadataImage {
    return this.current;
  }

  /** Calls `listener` for every image from now on. */
  onImage(listener: ImageListener): void {
    this.listeners.push(listener);
  }

  handleSnapshot(id: SnapshotId, values: readonly Uint8Array[]): void {
    this.publish(values.map(decodeMetadataRecord), id.endOffset - 1, id.epoch);
  }

  handleCommit(batch: CommittedBatch): void {
    const settled = this.transaction.settle(batch.values.map(decodeMetadataRecord));
    if (settled.length === 0 && this.transaction.isOpen) return;
    this.publish(settled, batch.lastOffset, batch.epoch);
  }

  handleLeaderChange(): void {
    // Who leads is of no concern to the image.
  }

  private publish(records: readonly MetadataRecord[], offset: number, epoch: number): void {
    const before = this.current;
    const { image, changes } = applyRecords(before, records, offset, epoch);
    this.current = image;
    for (const listener of this.listeners) listener(image, changes, before);
  }
}
