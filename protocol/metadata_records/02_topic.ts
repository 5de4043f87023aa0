/** Metadata record 2, Topic. */
import { type Decoded, message, string, uuid } from "../schema/schema.ts";

export const TopicRecord = message("TopicRecord", { versions: "0", flexible: "0+" }, {
  name: string("0+"),
  topicId: uuid("0+"),
});

export type TopicRecord = Decoded<typeof TopicRecord>;
