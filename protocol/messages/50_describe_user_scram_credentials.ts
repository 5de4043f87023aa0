/** API 50, DescribeUserScramCredentials. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeUserScramCredentialsRequest = message("DescribeUserScramCredentialsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  users: array(
    "0+",
    struct("UserName", {
      name: string("0+"),
    }),
    { nullable: "0+" },
  ),
});

export const DescribeUserScramCredentialsResponse = message(
  "DescribeUserScramCredentialsResponse",
  { versions: "0", flexible: "0+" },
  {
    throttleTimeMs: int32("0+"),
    errorCode: int16("0+"),
    errorMessage: string("0+", { nullable: "0+" }),
    results: array(
      "0+",
      struct("DescribeUserScramCredentialsResult", {
        user: string("0+"),
        errorCode: int16("0+"),
        errorMessage: string("0+", { nullable: "0+" }),
        credentialInfos: array(
          "0+",
          struct("CredentialInfo", {
            mechanism: int8("0+"),
            iterations: int32("0+"),
          }),
        ),
      }),
    ),
  },
);

export const DescribeUserScramCredentials = api(
  50,
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
  ["broker", "controller"],
);

export type DescribeUserScramCredentialsRequest = Decoded<
  typeof DescribeUserScramCredentialsRequest
>;
export type DescribeUserScramCredentialsResponse = Draft<
  typeof DescribeUserScramCredentialsResponse
>;
