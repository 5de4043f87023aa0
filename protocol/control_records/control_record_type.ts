/** Control record: ControlRecordTypeSchema. */
import { type Decoded, int16, message } from "../schema/schema.ts";

export const ControlRecordTypeSchema = message("ControlRecordTypeSchema", {
  versions: "0",
  flexible: "none",
}, {
  type: int16("0+"),
});

export type ControlRecordTypeSchema = Decoded<typeof ControlRecordTypeSchema>;
