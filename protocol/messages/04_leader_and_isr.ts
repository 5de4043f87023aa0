/** API 4, LeaderAndIsr: removed in Kafka 4.0, kept for its name. */
import { api, type Decoded, type Draft, message } from "../schema/schema.ts";

export const LeaderAndIsrRequest = message("LeaderAndIsrRequest", {
  versions: "none",
  flexible: "none",
}, {});

export const LeaderAndIsrResponse = message("LeaderAndIsrResponse", {
  versions: "none",
  flexible: "none",
}, {});

export const LeaderAndIsr = api(4, LeaderAndIsrRequest, LeaderAndIsrResponse, []);

export type LeaderAndIsrRequest = Decoded<typeof LeaderAndIsrRequest>;
export type LeaderAndIsrResponse = Draft<typeof LeaderAndIsrResponse>;
