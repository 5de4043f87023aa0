/** Metadata record 9, RemoveTopic. */
import { type Decoded, message, uuid } from "../schema/schema.ts";

export const RemoveTopicRecord = message("RemoveTopicRecord", { versions: "0", flexible: "0+" }, {
  topicId: uuid("0+"),
});

export type RemoveTopicRecord = Decoded<typeof RemoveTopicRecord>;
