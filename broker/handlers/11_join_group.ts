/** API 11, JoinGroup: a member enters a group, or a rebalance (KIP-345, KIP-394, KIP-814). */
import { joinResponseOfVersion } from "../../coordinator/group/classic/responses.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { JoinGroup, type JoinGroupResponse } from "../../protocol/messages/11_join_group.ts";
import { apiHandler } from "../api_handler.ts";
import { originOf } from "../request_origin.ts";

export const joinGroup = apiHandler({
  api: JoinGroup,
  handle(request, context) {
    const { groupId, memberId, sessionTimeoutMs } = request;
    const { groups } = context.services;
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = groups.settings;
    const refuse = (errorCode: number) =>
      joinResponseOfVersion({ memberId, errorCode }, context.version);
    if (groupId === "") return refuse(ErrorCode.INVALID_GROUP_ID);
    if (sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs) {
      return refuse(ErrorCode.INVALID_SESSION_TIMEOUT);
    }
    return new Promise<JoinGroupResponse>((resolve, reject) => {
      groups.write(groupId, (shard) => shard.classic.join(originOf(context), request, resolve))
        .catch(reject);
    });
  },
  failed({ code: errorCode }, _request, { version }) {
    return joinResponseOfVersion({ errorCode }, version);
  },
});
