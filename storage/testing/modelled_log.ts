/**
 * A log beside the simplest thing that says what it must hold: an array of records. Steps are done to
 * both, and compared.
 */
import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { buildBatch } from "../../protocol/records/builder.ts";
import type { CompressionId } from "../../protocol/records/compression/compression.ts";
import { TEST_TIME_MS, textRecord } from "./batches.ts";
import { recordsIn, TestLog, valuesIn } from "./test_log.ts";

const PRODUCER = 9;

interface ModelRecord {
  readonly value: string;
  readonly timestamp: number;
  readonly epoch: number;
  /** Offset of the first record of its batch, and the batch's bytes. */
  readonly batchOffset: number;
  readonly batchBytes: number;
}

interface LastBatch {
  readonly sequence: number;
  readonly count: number;
  readonly firstOffset: number;
  readonly bytes: Uint8Array;
}

/** How much of a choice is asked for, as a fraction of what there is when it is made. */
type Fraction = number;

export type Step =
  | { do: "append"; times: number[]; size: number; codec: CompressionId; flush: boolean }
  | { do: "produce"; count: number }
  | { do: "retry" }
  | { do: "skip a sequence number" }
  | { do: "read"; from: Fraction; bytesMax: number; upper: Fraction; minOneBatch: boolean }
  | { do: "find by time"; after: number }
  | { do: "delete records"; before: Fraction }
  | { do: "checkpoint the start" }
  | { do: "sync" }
  | { do: "pass time"; ms: number }
  | { do: "reopen" }
  | { do: "crash" };

/** The log and what it must hold. */
export class ModelledLog {
  readonly test: TestLog;
  /** Every record that was ever appended and not lost, by offset; the log may begin later. */
  private history: ModelRecord[] = [];
  /** Up to where everything is on file and on the device, and what the checkpoints say. */
  private flushedEnd = 0;
  private syncedEnd = 0;
  private checkpointedStart = 0;
  private checkpointedRecoveryPoint = 0;
  /** Epochs before the furthest start that the log had are not all known after a crash. */
  private startMax = 0;
  private epoch = 0;
  private nextSequence = 0;
  private last: LastBatch | null = null;

  constructor(tailBytesMax: number) {
    const config = { segmentBytes: 1000, indexIntervalBytes: 150, segmentIndexBytes: 96 };
    this.test = new TestLog(config, {}, undefined, tailBytesMax);
  }

  private get log() {
    return this.test.log;
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case "append":
        return this.append(step.times, step.size, step.codec, step.flush);
      case "produce":
        return this.produce(step.count);
      case "retry":
        return this.retry();
      case "skip a sequence number":
        return this.skipSequence();
      case "read":
        return this.read(step);
      case "find by time":
        return this.findByTime(TEST_TIME_MS + step.after);
      case "delete records":
        return this.deleteRecords(step.before);
      case "checkpoint the start":
        this.checkpointedStart = this.log.logStartOffset;
        return;
      case "sync":
        return await this.sync();
      case "pass time":
        this.test.clock.advance(step.ms);
        return;
      case "reopen":
        return await this.reopen();
      case "crash":
        return this.crash();
    }
  }

  private append(times: number[], size: number, codec: CompressionId, flush: boolean): void {
    const base = this.history.length;
    const records = times.map((time, i) =>
      textRecord(`${base + i}:${"x".repeat(size)}`, TEST_TIME_MS + time)
    );
    const bytes = buildBatch(records, { compression: codec });
    const info = this.log.appendAsLeader(bytes, this.epoch, "client");
    assertEquals([info.firstOffset, info.lastOffset], [base, base + times.length - 1]);
    for (const record of records) {
      this.history.push({
        value: new TextDecoder().decode(record.value!),
        timestamp: record.timestamp,
        epoch: this.epoch,
        batchOffset: base,
        batchBytes: bytes.length,
      });
    }
    if (flush) this.flush();
  }

  private flush(): void {
    this.log.flush();
    this.flushedEnd = this.history.length;
  }

  private producerBytes(sequence: number, count: number): Uint8Array {
    const records = Array.from({ length: count }, (_, i) => textRecord(`p${sequence + i}`));
    return buildBatch(records, {
      producerId: PRODUCER,
      producerEpoch: 0,
      baseSequence: sequence,
    });
  }

  private produce(count: number): void {
    const bytes = this.producerBytes(this.nextSequence, count);
    const sent = bytes.slice();
    const { firstOffset, duplicate } = this.log.appendAsLeader(bytes, this.epoch, "client");
    assertEquals([firstOffset, duplicate], [this.history.length, false]);
    this.last = { sequence: this.nextSequence, count, firstOffset, bytes: sent };
    for (let i = 0; i < count; i++) {
      this.history.push({
        value: `p${this.nextSequence++}`,
        timestamp: TEST_TIME_MS,
        epoch: this.epoch,
        batchOffset: firstOffset,
        batchBytes: bytes.length,
      });
    }
    this.flush();
  }

  private retry(): void {
    if (this.last === null) return;
    const { firstOffset, count, bytes } = this.last;
    const info = this.log.appendAsLeader(bytes.slice(), this.epoch, "client");
    assertEquals(info.duplicate, true);
    assertEquals([info.firstOffset, info.lastOffset], [firstOffset, firstOffset + count - 1]);
  }

  private skipSequence(): void {
    if (this.last === null) return;
    const bytes = this.producerBytes(this.nextSequence + 1, 1);
    const append = () => this.log.appendAsLeader(bytes, this.epoch, "client");
    assertEquals(assertThrows(append, KafkaError).errorName, "OUT_OF_ORDER_SEQUENCE_NUMBER");
  }

  /** An offset from the log's start to its end. */
  private offsetAt(fraction: Fraction): number {
    const { logStartOffset, logEndOffset } = this.log;
    return logStartOffset + Math.round(fraction * (logEndOffset - logStartOffset));
  }

  private read(step: Step & { do: "read" }): void {
    const { bytesMax, minOneBatch } = step;
    const from = this.offsetAt(step.from);
    const upper = this.offsetAt(step.upper);
    const slice = this.log.read(from, bytesMax, upper, minOneBatch);
    const first = this.history[from];
    const batchEnd = this.history.findLastIndex((r) => r.batchOffset === first?.batchOffset) + 1;
    const mayComeWhole = minOneBatch || first?.batchBytes <= bytesMax;
    if (first === undefined || batchEnd > upper || !mayComeWhole) return assertEquals(slice, null);
    assert(slice!.byteLength <= Math.max(bytesMax, first.batchBytes));
    const records = recordsIn(slice).filter(({ offset }) => offset >= from);
    assert(records.length > 0 && records.at(-1)!.offset < upper);
    const expected = this.history.slice(from, from + records.length);
    assertEquals(records.map(({ offset }) => offset), expected.map((_, i) => from + i));
    assertEquals(valuesIn(slice).slice(-records.length), expected.map(({ value }) => value));
  }

  private findByTime(timestamp: number): void {
    const start = this.log.logStartOffset;
    const expected = this.history.findIndex((r, i) => i >= start && r.timestamp >= timestamp);
    const found = this.log.findByTimestamp(timestamp);
    assertEquals(found?.offset ?? -1, expected, `by time ${timestamp}`);
    assertEquals(found?.leaderEpoch, this.history[expected]?.epoch);
  }

  private deleteRecords(before: Fraction): void {
    this.log.raiseHighWatermark(this.flushedEnd);
    const offset = Math.min(this.offsetAt(before), this.log.highWatermark);
    this.log.raiseLogStart(offset);
    assertEquals(this.log.logStartOffset, offset);
    this.startMax = Math.max(this.startMax, offset);
  }

  private async sync(): Promise<void> {
    await this.log.sync();
    this.flushedEnd = this.history.length;
    this.syncedEnd = this.history.length;
    this.checkpointedRecoveryPoint = this.log.recoveryPoint;
  }

  private async reopen(): Promise<void> {
    const start = this.log.logStartOffset;
    await this.test.reopen({ logStartOffset: start });
    assertEquals(this.log.logEndOffset, this.history.length);
    assertEquals(this.log.logStartOffset, start);
    assertEquals(this.log.recoveryPoint, this.log.logEndOffset);
    this.flushedEnd = this.history.length;
    this.syncedEnd = this.history.length;
    this.checkpointedStart = start;
    this.checkpointedRecoveryPoint = this.log.recoveryPoint;
    this.restarted();
  }

  /** After a kill the log may begin earlier again, and end without what was not flushed. */
  private crash(): void {
    const before = this.log.logStartOffset;
    this.restartUncleanly();
    assertEquals(this.test.reports, []);
    const { logStartOffset, logEndOffset } = this.log;
    assert(logStartOffset >= this.checkpointedStart && logStartOffset <= before);
    assert(logEndOffset >= this.flushedEnd && logEndOffset <= this.history.length);
    this.history.length = logEndOffset;
    this.flushedEnd = logEndOffset;
    this.restarted();
  }

  private restartUncleanly(): void {
    this.test.crash({
      logStartOffset: this.checkpointedStart,
      recoveryPoint: this.checkpointedRecoveryPoint,
    });
  }

  /**
   * After a power loss everything that was synced is there. Behind it some may be lost, as in Kafka
   * also between what is kept, but what is kept is right and found.
   */
  async losePower(seed: number): Promise<void> {
    this.test.files = this.test.files.afterPowerLoss(new SeededRandom(seed));
    this.restartUncleanly();
    const { log, test, history } = this;
    const kept = test.records();
    for (const { offset, timestamp, value } of kept) {
      assertEquals(new TextDecoder().decode(value!), history[offset].value);
      assertEquals(timestamp, history[offset].timestamp);
      const first = kept.find((record) => record.timestamp >= timestamp)!;
      assertEquals(log.findByTimestamp(timestamp)?.offset, first.offset);
    }
    const offsets = kept.map(({ offset }) => offset);
    const safe = Math.max(0, this.syncedEnd - log.logStartOffset);
    const expected = Array.from({ length: safe }, (_, i) => log.logStartOffset + i);
    assertEquals(offsets.slice(0, safe), expected);
    test.append("next");
    await test.reopen({ logStartOffset: log.logStartOffset });
    assertEquals(test.records().map(({ offset }) => offset), [...offsets, log.logEndOffset - 1]);
  }

  /** A restart is a new leader epoch; a producer whose batches are all gone begins anew. */
  private restarted(): void {
    this.epoch++;
    if (this.last === null) return;
    const end = this.last.firstOffset + this.last.count;
    if (end > this.history.length || end <= this.log.logStartOffset) {
      this.last = null;
      const known = this.log.producerState.entries.get(PRODUCER)?.batches.at(-1);
      this.nextSequence = known === undefined ? 0 : known.lastSequence + 1;
    }
  }

  /** Holds the whole log against the model. */
  check(): void {
    const { log, test, history } = this;
    const { logStartOffset: start, logEndOffset: end } = log;
    assertEquals(end, history.length);
    assert(start <= log.highWatermark && log.highWatermark <= end);
    assert(log.firstSegmentOffset <= start);
    const values = test.records(start, 500).map(({ value }) => new TextDecoder().decode(value!));
    assertEquals(values, history.slice(start).map(({ value }) => value));
    const kept = history.slice(log.firstSegmentOffset);
    const batches = kept.filter(({ batchOffset }, i) => batchOffset === log.firstSegmentOffset + i);
    assertEquals(log.size, batches.reduce((sum, { batchBytes }) => sum + batchBytes, 0));
    const latest = Math.max(-1, ...kept.map(({ timestamp }) => timestamp));
    const expected = kept.findIndex(({ timestamp }) => timestamp === latest);
    const found = log.findMaxTimestamp();
    assertEquals(found?.offset ?? -1, expected < 0 ? -1 : log.firstSegmentOffset + expected);
    this.checkEpochs();
  }

  private checkEpochs(): void {
    const { logEndOffset: end, leaderEpochs } = this.log;
    const start = this.startMax;
    if (start >= end) return;
    const known = leaderEpochs.all.filter((entry) => entry.startOffset >= start);
    const entries = this.history.flatMap(({ epoch }, offset) =>
      offset >= start && (offset === start || this.history[offset - 1].epoch !== epoch)
        ? [{ epoch, startOffset: offset }]
        : []
    );
    assertEquals(known, entries);
  }
}
