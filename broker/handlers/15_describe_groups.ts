/** API 15, DescribeGroups: classic groups with their members. */
import { codeOf, ErrorCode } from "../../protocol/errors.ts";
import {
  DescribeGroups,
  type DescribeGroupsResponse,
} from "../../protocol/messages/15_describe_groups.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { GROUP_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized_operations.ts";

type DescribedGroup = NonNullable<DescribeGroupsResponse["groups"]>[number];

async function describe(
  groupId: string,
  authorizedOperations: number,
  { services, version }: RequestContext,
): Promise<DescribedGroup> {
  try {
    const group = await services.groups.read(
      groupId,
      (shard) => shard.classic.describe(groupId, version),
    );
    const { errorCode = ErrorCode.NONE } = group;
    return errorCode === ErrorCode.NONE ? { ...group, authorizedOperations } : group;
  } catch (error) {
    return { groupId, errorCode: codeOf(error) };
  }
}

export const describeGroups = apiHandler({
  api: DescribeGroups,
  async handle({ groups, includeAuthorizedOperations }, context) {
    const operations = includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_NOT_ASKED;
    return { groups: await Promise.all(groups.map((id) => describe(id, operations, context))) };
  },
  failed({ code: errorCode }, { groups }) {
    return { groups: groups.map((groupId) => ({ groupId, errorCode })) };
  },
});
