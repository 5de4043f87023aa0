/** Coordinator record 16, ConsumerGroupRegularExpression: key and value. */
import { type Decoded, int64, list, message, string } from "../schema/schema.ts";

export const ConsumerGroupRegularExpressionKey = message("ConsumerGroupRegularExpressionKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
  regularExpression: string("0"),
});

export const ConsumerGroupRegularExpressionValue = message("ConsumerGroupRegularExpressionValue", {
  versions: "0",
  flexible: "0+",
}, {
  topics: list("0+", string),
  version: int64("0+"),
  timestamp: int64("0+"),
});

export type ConsumerGroupRegularExpressionKey = Decoded<typeof ConsumerGroupRegularExpressionKey>;
export type ConsumerGroupRegularExpressionValue = Decoded<
  typeof ConsumerGroupRegularExpressionValue
>;
