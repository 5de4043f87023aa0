import { assertEquals } from "../../lib/assert.ts";
import { BrokerConfig } from "../../config/broker_config.ts";
import { cleanerSettingsOf } from "./cleaner_settings.ts";

const settingsOf = (config: Record<string, string>) =>
  cleanerSettingsOf(new BrokerConfig(new Map(Object.entries(config))));

Deno.test("cleaner settings: without any configs they are Kafka's defaults", () => {
  assertEquals(settingsOf({}), {
    backoffMs: 15_000,
    dedupeBufferSize: 134_217_728,
    ioBufferSize: 524_288,
    ioBufferLoadFactor: 0.9,
    ioMaxBytesPerSecond: Number.MAX_VALUE,
  });
});

Deno.test("cleaner settings: each follows its key", () => {
  const settings = settingsOf({
    "log.cleaner.backoff.ms": "1",
    "log.cleaner.dedupe.buffer.size": "2000000",
    "log.cleaner.io.buffer.size": "3",
    "log.cleaner.io.buffer.load.factor": "0.5",
    "log.cleaner.io.max.bytes.per.second": "1.5e6",
  });
  assertEquals(Object.values(settings), [1, 2_000_000, 3, 0.5, 1_500_000]);
});
