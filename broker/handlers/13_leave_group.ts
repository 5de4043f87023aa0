/** API 13, LeaveGroup: members leave, several at a time from version 3 on (KIP-345). */
import { ErrorCode } from "../../protocol/errors.ts";
import { LeaveGroup } from "../../protocol/messages/13_leave_group.ts";
import { apiHandler } from "../api_handler.ts";
import { originOf } from "../request_origin.ts";

export const leaveGroup = apiHandler({
  api: LeaveGroup,
  handle(request, context) {
    const { groupId } = request;
    if (groupId === "") return { errorCode: ErrorCode.INVALID_GROUP_ID };
    return context.services.groups.write(
      groupId,
      (shard) => shard.classic.leave(originOf(context), request),
    );
  },
  failed({ code: errorCode }) {
    return { errorCode };
  },
});
