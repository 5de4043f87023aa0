/**
 * The settings of one log, typed: what the topic configs (and the broker's defaults behind them)
 * come to. Field names are the topic configs' in camelCase.
 */
import type { BrokerConfig } from "../config/broker_config.ts";
import type { TopicConfig } from "../config/topic/topic_config.ts";
import type { CompressionLevels } from "../protocol/records/compression/compression.ts";

export type TopicCompression = "producer" | "uncompressed" | "gzip" | "snappy" | "lz4" | "zstd";

export interface LogConfig {
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly segmentJitterMs: number;
  readonly segmentIndexBytes: number;
  readonly indexIntervalBytes: number;
  readonly maxMessageBytes: number;
  /** Whether `cleanup.policy` has compact: records need keys. */
  readonly compact: boolean;
  /** Whether `cleanup.policy` has delete. */
  readonly delete: boolean;
  /** In milliseconds; -1 for no limit. */
  readonly retentionMs: number;
  /** In bytes; -1 for no limit. */
  readonly retentionBytes: number;
  /** Share of a log that must not be compacted yet before it is, from 0 to 1. */
  readonly minCleanableDirtyRatio: number;
  /** How long records are safe from compaction, in milliseconds. */
  readonly minCompactionLagMs: number;
  /** After how long records have to be compacted, in milliseconds; Infinity for no limit. */
  readonly maxCompactionLagMs: number;
  /** How long tombstones outlive compaction, in milliseconds. */
  readonly deleteRetentionMs: number;
  /** After so many messages what was appended goes to the device before it is acknowledged. */
  readonly flushMessages: number;
  /** The longest time that appended messages stay off the device, in milliseconds. */
  readonly flushMs: number;
  readonly compressionType: TopicCompression;
  readonly compressionLevels: CompressionLevels;
  readonly logAppendTime: boolean;
  readonly messageTimestampBeforeMaxMs: number;
  readonly messageTimestampAfterMaxMs: number;
  readonly minInsyncReplicas: number;
  readonly fileDeleteDelayMs: number;
  readonly producerIdExpirationMs: number;
}

/** Kafka's defaults. */
export const DEFAULT_LOG_CONFIG: LogConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 60 * 60 * 1000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1024 * 1024 + 12,
  compact: false,
  delete: true,
  retentionMs: 7 * 24 * 60 * 60 * 1000,
  retentionBytes: -1,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Infinity,
  deleteRetentionMs: 24 * 60 * 60 * 1000,
  flushMessages: Infinity,
  flushMs: Infinity,
  compressionType: "producer",
  compressionLevels: { gzip: -1, zstd: 3 },
  logAppendTime: false,
  messageTimestampBeforeMaxMs: Infinity,
  messageTimestampAfterMaxMs: 60 * 60 * 1000,
  minInsyncReplicas: 1,
  fileDeleteDelayMs: 60_000,
  producerIdExpirationMs: 24 * 60 * 60 * 1000,
};

/** After how long a segment is rolled, in milliseconds: in time to be compacted where that has a limit. */
export function maxSegmentMs({ compact, segmentMs, maxCompactionLagMs }: LogConfig): number {
  return compact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs;
}

/** What a topic's configs come to for its logs. */
export function logConfigOf(topic: TopicConfig, broker: BrokerConfig): LogConfig {
  const policies = topic.list("cleanup.policy");
  return {
    segmentBytes: topic.number("segment.bytes"),
    segmentMs: topic.number("segment.ms"),
    segmentJitterMs: topic.number("segment.jitter.ms"),
    segmentIndexBytes: topic.number("segment.index.bytes"),
    indexIntervalBytes: topic.number("index.interval.bytes"),
    maxMessageBytes: topic.number("max.message.bytes"),
    compact: policies.includes("compact"),
    delete: policies.includes("delete"),
    retentionMs: topic.number("retention.ms"),
    retentionBytes: topic.number("retention.bytes"),
    minCleanableDirtyRatio: topic.number("min.cleanable.dirty.ratio"),
    minCompactionLagMs: topic.number("min.compaction.lag.ms"),
    maxCompactionLagMs: topic.number("max.compaction.lag.ms"),
    deleteRetentionMs: topic.number("delete.retention.ms"),
    flushMessages: topic.number("flush.messages"),
    flushMs: topic.number("flush.ms"),
    compressionType: topic.text("compression.type") as TopicCompression,
    compressionLevels: {
      gzip: topic.number("compression.gzip.level"),
      zstd: topic.number("compression.zstd.level"),
    },
    logAppendTime: topic.text("message.timestamp.type") === "LogAppendTime",
    messageTimestampBeforeMaxMs: topic.number("message.timestamp.before.max.ms"),
    messageTimestampAfterMaxMs: topic.number("message.timestamp.after.max.ms"),
    minInsyncReplicas: topic.number("min.insync.replicas"),
    fileDeleteDelayMs: topic.number("file.delete.delay.ms"),
    producerIdExpirationMs: broker.number("producer.id.expiration.ms"),
  };
}
