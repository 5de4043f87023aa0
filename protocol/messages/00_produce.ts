/** API 0, Produce. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  of,
  records,
  string,
  struct,
  uuid,
} from "../schema/schema.ts";

export const ProduceRequest = message("ProduceRequest", { versions: "3-13", flexible: "9+" }, {
  transactionalId: string("3+", { nullable: "3+", default: null }),
  acks: int16("0+"),
  timeoutMs: int32("0+"),
  topicData: array(
    "0+",
    struct("TopicProduceData", {
      name: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitionData: array(
        "0+",
        struct("PartitionProduceData", {
          index: int32("0+"),
          records: records("0+", { nullable: "0+" }),
        }),
      ),
    }),
  ),
});

export const ProduceResponse = message("ProduceResponse", { versions: "3-13", flexible: "9+" }, {
  responses: array(
    "0+",
    struct("TopicProduceResponse", {
      name: string("0-12", { ignorable: true }),
      topicId: uuid("13+", { ignorable: true }),
      partitionResponses: array(
        "0+",
        struct("PartitionProduceResponse", {
          index: int32("0+"),
          errorCode: int16("0+"),
          baseOffset: int64("0+"),
          logAppendTimeMs: int64("2+", { default: -1, ignorable: true }),
          logStartOffset: int64("5+", { default: -1, ignorable: true }),
          recordErrors: array(
            "8+",
            struct("BatchIndexAndErrorMessage", {
              batchIndex: int32("8+"),
              batchIndexErrorMessage: string("8+", { nullable: "8+", default: null }),
            }),
            { ignorable: true },
          ),
          errorMessage: string("8+", { nullable: "8+", default: null, ignorable: true }),
          currentLeader: of(
            "10+",
            struct("LeaderIdAndEpoch", {
              leaderId: int32("10+", { default: -1 }),
              leaderEpoch: int32("10+", { default: -1 }),
            }),
            { tag: 0, tagged: "10+" },
          ),
        }),
      ),
    }),
  ),
  throttleTimeMs: int32("1+", { ignorable: true }),
  nodeEndpoints: array(
    "10+",
    struct("NodeEndpoint", {
      nodeId: int32("10+"),
      host: string("10+"),
      port: int32("10+"),
      rack: string("10+", { nullable: "10+", default: null }),
    }),
    { tag: 0, tagged: "10+" },
  ),
});

export const Produce = api(0, ProduceRequest, ProduceResponse, ["broker"]);

export type ProduceRequest = Decoded<typeof ProduceRequest>;
export type ProduceResponse = Draft<typeof ProduceResponse>;
