/** Config keys of a client metrics subscription (KIP-714). */
import { type ConfigKeys, int, list, UNUSED } from "./define.ts";

export const CLIENT_METRICS_CONFIGS = {
  "metrics": list("", {
    doc: 'Prefixes of the metrics that clients are to push; "*" means all of them. Empty: none.',
    unused: UNUSED.telemetry,
  }),
  "interval.ms": int(300_000, {
    doc: "Time between two pushes of a client, in milliseconds.",
    unused: UNUSED.telemetry,
  }),
  "match": list("", {
    doc:
      "Clients that are meant, as attribute=pattern (client_id, client_software_name and so on). " +
      "Empty: all clients.",
    unused: UNUSED.telemetry,
  }),
} as const satisfies ConfigKeys;

export type ClientMetricsConfigName = keyof typeof CLIENT_METRICS_CONFIGS;
