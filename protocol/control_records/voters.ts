/** Control record: VotersRecord. */
import {
  array,
  type Decoded,
  int16,
  int32,
  message,
  of,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const VotersRecord = message("VotersRecord", { versions: "0", flexible: "0+" }, {
  version: int16("0+"),
  voters: array(
    "0+",
    struct("Voter", {
      voterId: int32("0+"),
      voterDirectoryId: uuid("0+"),
      endpoints: array(
        "0+",
        struct("Endpoint", {
          name: string("0+"),
          host: string("0+"),
          port: uint16("0+"),
        }),
      ),
      kRaftVersionFeature: of(
        "0+",
        struct("KRaftVersionFeature", {
          minSupportedVersion: int16("0+"),
          maxSupportedVersion: int16("0+"),
        }),
      ),
    }),
  ),
});

export type VotersRecord = Decoded<typeof VotersRecord>;
