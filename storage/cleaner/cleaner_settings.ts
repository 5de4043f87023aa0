/** The settings of the cleaner, typed: what the broker's configs come to. */
import type { BrokerConfig } from "../../config/broker_config.ts";

/** Field names are the config keys', `log.cleaner` left out. */
export interface CleanerSettings {
  readonly backoffMs: number;
  /** What the map from keys to offsets may take, in bytes. */
  readonly dedupeBufferSize: number;
  /** What is read and written at once, in bytes together. */
  readonly ioBufferSize: number;
  /** The share of the map that may fill, from 0 to 1. */
  readonly ioBufferLoadFactor: number;
  readonly ioMaxBytesPerSecond: number;
}

/** The settings in force. There is one cleaner: what threads would share is its own. */
export function cleanerSettingsOf(config: BrokerConfig): CleanerSettings {
  return {
    backoffMs: config.number("log.cleaner.backoff.ms"),
    dedupeBufferSize: config.number("log.cleaner.dedupe.buffer.size"),
    ioBufferSize: config.number("log.cleaner.io.buffer.size"),
    ioBufferLoadFactor: config.number("log.cleaner.io.buffer.load.factor"),
    ioMaxBytesPerSecond: config.number("log.cleaner.io.max.bytes.per.second"),
  };
}
