/** API 5, StopReplica: removed in Kafka 4.0, kept for its name. */
import { api, type Decoded, type Draft, message } from "../schema/schema.ts";

export const StopReplicaRequest = message("StopReplicaRequest", {
  versions: "none",
  flexible: "none",
}, {});

export const StopReplicaResponse = message("StopReplicaResponse", {
  versions: "none",
  flexible: "none",
}, {});

export const StopReplica = api(5, StopReplicaRequest, StopReplicaResponse, []);

export type StopReplicaRequest = Decoded<typeof StopReplicaRequest>;
export type StopReplicaResponse = Draft<typeof StopReplicaResponse>;
