/** Keys that are Takhin's own; Kafka has none for what they say. */
import { type ConfigKeys, string } from "../define.ts";

export const TAKHIN_CONFIGS = {
  "cluster.id": string(null, {
    doc:
      "Id of the cluster, as 22 characters of URL-safe base64. A folder that is formatted gets " +
      "it, a random one where it is unset; a folder of another cluster is refused.",
    internal: true,
    check: (value) =>
      /^[A-Za-z0-9_-]{22}$/.test(value)
        ? null
        : "it must be 22 characters of URL-safe base64, as `kafka-storage random-uuid` makes them",
  }),
  "takhin.log.level": string("info", {
    doc: "From which level on log lines are written.",
    in: ["trace", "debug", "info", "warn", "error", "fatal"],
    internal: true,
  }),
  "takhin.log.format": string("auto", {
    doc: 'Form of log lines: "text", "json", or "auto", which is text on a terminal.',
    in: ["auto", "text", "json"],
    internal: true,
  }),
} as const satisfies ConfigKeys;
