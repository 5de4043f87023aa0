/** API 35, DescribeLogDirs. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeLogDirsRequest = message("DescribeLogDirsRequest", {
  versions: "1-5",
  flexible: "2+",
}, {
  topics: array(
    "0+",
    struct("DescribableLogDirTopic", {
      topic: string("0+"),
      partitions: list("0+", int32),
    }),
    { nullable: "0+" },
  ),
});

export const DescribeLogDirsResponse = message("DescribeLogDirsResponse", {
  versions: "1-5",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("3+", { ignorable: true }),
  results: array(
    "0+",
    struct("DescribeLogDirsResult", {
      errorCode: int16("0+"),
      logDir: string("0+"),
      topics: array(
        "0+",
        struct("DescribeLogDirsTopic", {
          name: string("0+"),
          partitions: array(
            "0+",
            struct("DescribeLogDirsPartition", {
              partitionIndex: int32("0+"),
              partitionSize: int64("0+"),
              offsetLag: int64("0+"),
              isFutureKey: bool("0+"),
            }),
          ),
        }),
      ),
      totalBytes: int64("4+", { default: -1, ignorable: true }),
      usableBytes: int64("4+", { default: -1, ignorable: true }),
      isCordoned: bool("5+", { ignorable: true }),
    }),
  ),
});

export const DescribeLogDirs = api(35, DescribeLogDirsRequest, DescribeLogDirsResponse, ["broker"]);

export type DescribeLogDirsRequest = Decoded<typeof DescribeLogDirsRequest>;
export type DescribeLogDirsResponse = Draft<typeof DescribeLogDirsResponse>;
