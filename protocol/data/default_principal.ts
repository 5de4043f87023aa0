/** Embedded data: DefaultPrincipalData. */
import { bool, type Decoded, message, string } from "../schema/schema.ts";

export const DefaultPrincipalData = message("DefaultPrincipalData", {
  versions: "0",
  flexible: "0+",
}, {
  type: string("0+"),
  name: string("0+"),
  tokenAuthenticated: bool("0+"),
});

export type DefaultPrincipalData = Decoded<typeof DefaultPrincipalData>;
