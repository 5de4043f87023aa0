/** API 51, AlterUserScramCredentials. */
import {
  api,
  array,
  bytes,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const AlterUserScramCredentialsRequest = message("AlterUserScramCredentialsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  deletions: array(
    "0+",
    struct("ScramCredentialDeletion", {
      name: string("0+"),
      mechanism: int8("0+"),
    }),
  ),
  upsertions: array(
    "0+",
    struct("ScramCredentialUpsertion", {
      name: string("0+"),
      mechanism: int8("0+"),
      iterations: int32("0+"),
      salt: bytes("0+"),
      saltedPassword: bytes("0+"),
    }),
  ),
});

export const AlterUserScramCredentialsResponse = message("AlterUserScramCredentialsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  results: array(
    "0+",
    struct("AlterUserScramCredentialsResult", {
      user: string("0+"),
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+" }),
    }),
  ),
});

export const AlterUserScramCredentials = api(
  51,
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
  ["broker", "controller"],
);

export type AlterUserScramCredentialsRequest = Decoded<typeof AlterUserScramCredentialsRequest>;
export type AlterUserScramCredentialsResponse = Draft<typeof AlterUserScramCredentialsResponse>;
