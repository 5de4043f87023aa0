/** API 7, ControlledShutdown: removed in Kafka 4.0, kept for its name. */
import { api, type Decoded, type Draft, message } from "../schema/schema.ts";

export const ControlledShutdownRequest = message("ControlledShutdownRequest", {
  versions: "none",
  flexible: "none",
}, {});

export const ControlledShutdownResponse = message("ControlledShutdownResponse", {
  versions: "none",
  flexible: "none",
}, {});

export const ControlledShutdown = api(7, ControlledShutdownRequest, ControlledShutdownResponse, []);

export type ControlledShutdownRequest = Decoded<typeof ControlledShutdownRequest>;
export type ControlledShutdownResponse = Draft<typeof ControlledShutdownResponse>;
