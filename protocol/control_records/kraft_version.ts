/** Control record: KRaftVersionRecord. */
import { type Decoded, int16, message } from "../schema/schema.ts";

export const KRaftVersionRecord = message("KRaftVersionRecord", { versions: "0", flexible: "0+" }, {
  version: int16("0+"),
  kRaftVersion: int16("0+"),
});

export type KRaftVersionRecord = Decoded<typeof KRaftVersionRecord>;
