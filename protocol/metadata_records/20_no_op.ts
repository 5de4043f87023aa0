/** Metadata record 20, NoOp. */
import { type Decoded, message } from "../schema/schema.ts";

export const NoOpRecord = message("NoOpRecord", { versions: "0", flexible: "0+" }, {});

export type NoOpRecord = Decoded<typeof NoOpRecord>;
