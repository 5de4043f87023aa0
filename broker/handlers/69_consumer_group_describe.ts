/** API 69, ConsumerGroupDescribe: groups of the new protocol with their members (KIP-848). */
import { codeOf, ErrorCode, KafkaError } from "../../protocol/errors.ts";
import {
  ConsumerGroupDescribe,
  type ConsumerGroupDescribeResponse,
} from "../../protocol/messages/69_consumer_group_describe.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { GROUP_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized_operations.ts";

type DescribedGroup = NonNullable<ConsumerGroupDescribeResponse["groups"]>[number];

async function describe(
  groupId: string,
  authorizedOperations: number,
  { services }: RequestContext,
): Promise<DescribedGroup> {
  if (groupId === "") return { groupId, errorCode: ErrorCode.INVALID_GROUP_ID };
  try {
    const group = await services.groups.read(groupId, (shard) => shard.consumer.describe(groupId));
    const { errorCode = ErrorCode.NONE } = group;
    return errorCode === ErrorCode.NONE ? { ...group, authorizedOperations } : group;
  } catch (error) {
    return { groupId, errorCode: codeOf(error) };
  }
}

export const consumerGroupDescribe = apiHandler({
  api: ConsumerGroupDescribe,
  async handle({ groupIds, includeAuthorizedOperations }, context) {
    if (!context.services.groups.speaksConsumerProtocol) {
      throw new KafkaError("UNSUPPORTED_VERSION");
    }
    const operations = includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_NOT_ASKED;
    return { groups: await Promise.all(groupIds.map((id) => describe(id, operations, context))) };
  },
  failed({ code: errorCode, message: errorMessage }, { groupIds }) {
    return { groups: groupIds.map((groupId) => ({ groupId, errorCode, errorMessage })) };
  },
});
