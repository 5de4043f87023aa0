/** Broker keys of metrics and of client telemetry. */
import { type ConfigKeys, int, list, long, string, UNUSED } from "../define.ts";

export const TELEMETRY_METRICS_CONFIGS = {
  "metric.reporters": list("org.apache.kafka.common.metrics.JmxReporter", {
    doc: "Classes that are told of every metric.",
    update: "cluster-wide",
    unused: UNUSED.jvm,
  }),
  "metrics.num.samples": int(2, {
    doc: "Windows from which a metric is computed.",
    min: 1,
    unused: UNUSED.metrics,
  }),
  "metrics.sample.window.ms": long(30_000, {
    doc: "Length of a window of a metric, in milliseconds.",
    min: 1,
    unused: UNUSED.metrics,
  }),
  "metrics.recording.level": string("INFO", {
    doc: "How many metrics are kept: INFO the essential ones, DEBUG most, TRACE all.",
    unused: UNUSED.metrics,
  }),
  "kafka.metrics.reporters": list("", {
    doc: "Classes that report Kafka's older (Yammer) metrics.",
    unused: UNUSED.jvm,
  }),
  "kafka.metrics.polling.interval.secs": int(10, {
    doc: "Time between two reports of the older metrics, in seconds.",
    min: 1,
    unused: UNUSED.metrics,
  }),
  "telemetry.max.bytes": int(1_048_576, {
    doc: "Largest push of metrics accepted from a client, in bytes, as it is sent (compressed).",
    min: 1,
    unused: UNUSED.telemetry,
  }),
} as const satisfies ConfigKeys;
