import { assertEquals } from "../lib/assert.ts";
import { BrokerConfig } from "../config/broker_config.ts";
import { TopicConfig } from "../config/topic/topic_config.ts";
import { DEFAULT_LOG_CONFIG, type LogConfig, logConfigOf, maxSegmentMs } from "./log_config.ts";

const entries = (values: Record<string, string>) => new Map(Object.entries(values));

function configOf(topic: Record<string, string>, broker: Record<string, string> = {}): LogConfig {
  const given = new BrokerConfig(entries(broker));
  return logConfigOf(new TopicConfig(entries(topic), given), given);
}

Deno.test("log config: without any configs a log has Kafka's defaults", () => {
  assertEquals(configOf({}), DEFAULT_LOG_CONFIG);
});

Deno.test("log config: each field follows its topic config", () => {
  const topic: [key: string, value: string, field: keyof LogConfig, is: unknown][] = [
    ["segment.bytes", "1048576", "segmentBytes", 1048576],
    ["segment.ms", "1000", "segmentMs", 1000],
    ["segment.jitter.ms", "7", "segmentJitterMs", 7],
    ["segment.index.bytes", "800", "segmentIndexBytes", 800],
    ["index.interval.bytes", "0", "indexIntervalBytes", 0],
    ["max.message.bytes", "5000", "maxMessageBytes", 5000],
    ["compression.type", "zstd", "compressionType", "zstd"],
    ["message.timestamp.type", "LogAppendTime", "logAppendTime", true],
    ["message.timestamp.before.max.ms", "8", "messageTimestampBeforeMaxMs", 8],
    ["message.timestamp.after.max.ms", "9", "messageTimestampAfterMaxMs", 9],
    ["min.insync.replicas", "2", "minInsyncReplicas", 2],
    ["file.delete.delay.ms", "0", "fileDeleteDelayMs", 0],
    ["min.cleanable.dirty.ratio", "0.25", "minCleanableDirtyRatio", 0.25],
    ["min.compaction.lag.ms", "10", "minCompactionLagMs", 10],
    ["max.compaction.lag.ms", "11", "maxCompactionLagMs", 11],
    ["delete.retention.ms", "12", "deleteRetentionMs", 12],
  ];
  for (const [key, value, field, is] of topic) {
    assertEquals(configOf({ [key]: value })[field], is as LogConfig[typeof field], key);
  }
});

Deno.test("log config: the cleanup policies are a list", () => {
  const policies = (value: string) => {
    const { compact, delete: deletes } = configOf({ "cleanup.policy": value });
    return { compact, deletes };
  };
  assertEquals(policies("compact"), { compact: true, deletes: false });
  assertEquals(policies("compact, delete"), { compact: true, deletes: true });
});

Deno.test("log config: levels of compression are those of the topic", () => {
  const { compressionLevels } = configOf({
    "compression.gzip.level": "9",
    "compression.zstd.level": "-5",
  });
  assertEquals(compressionLevels, { gzip: 9, zstd: -5 });
});

Deno.test("log config: what the topic does not say comes from the broker", () => {
  const config = configOf({}, { "log.roll.hours": "1", "producer.id.expiration.ms": "5000" });
  assertEquals([config.segmentMs, config.producerIdExpirationMs], [3_600_000, 5000]);
});

Deno.test("log config: compacted logs are rolled in time for max.compaction.lag.ms", () => {
  const rolledAfter = (topic: Record<string, string>) =>
    maxSegmentMs(configOf({ "segment.ms": "500", ...topic }));
  const compacted = { "cleanup.policy": "compact" };
  assertEquals(rolledAfter({ "max.compaction.lag.ms": "400" }), 500);
  assertEquals(rolledAfter({ ...compacted, "max.compaction.lag.ms": "400" }), 400);
  assertEquals(rolledAfter({ ...compacted, "max.compaction.lag.ms": "600" }), 500);
  assertEquals(rolledAfter(compacted), 500);
});
