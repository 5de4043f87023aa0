/** The headers before every request and response. */
import { type Decoded, type Draft, int16, int32, message, string } from "./schema/schema.ts";

export const RequestHeader = message("RequestHeader", { versions: "1-2", flexible: "2+" }, {
  requestApiKey: int16("0+"),
  requestApiVersion: int16("0+"),
  correlationId: int32("0+"),
  clientId: string("1+", { nullable: "1+", flexible: "none" }),
});

export const ResponseHeader = message("ResponseHeader", { versions: "0-1", flexible: "1+" }, {
  correlationId: int32("0+"),
});

export type RequestHeader = Decoded<typeof RequestHeader>;
export type ResponseHeader = Draft<typeof ResponseHeader>;
