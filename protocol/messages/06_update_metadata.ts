/** API 6, UpdateMetadata: removed in Kafka 4.0, kept for its name. */
import { api, type Decoded, type Draft, message } from "../schema/schema.ts";

export const UpdateMetadataRequest = message("UpdateMetadataRequest", {
  versions: "none",
  flexible: "none",
}, {});

export const UpdateMetadataResponse = message("UpdateMetadataResponse", {
  versions: "none",
  flexible: "none",
}, {});

export const UpdateMetadata = api(6, UpdateMetadataRequest, UpdateMetadataResponse, []);

export type UpdateMetadataRequest = Decoded<typeof UpdateMetadataRequest>;
export type UpdateMetadataResponse = Draft<typeof UpdateMetadataResponse>;
