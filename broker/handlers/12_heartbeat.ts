/** API 12, Heartbeat: a member of a classic group lives, and learns of a rebalance. */
import { ErrorCode } from "../../protocol/errors.ts";
import { Heartbeat } from "../../protocol/messages/12_heartbeat.ts";
import { apiHandler } from "../api_handler.ts";
import { originOf } from "../request_origin.ts";

export const heartbeat = apiHandler({
  api: Heartbeat,
  handle(request, context) {
    const { groupId } = request;
    if (groupId === "") return { errorCode: ErrorCode.INVALID_GROUP_ID };
    return context.services.groups.write(
      groupId,
      (shard) => shard.classic.heartbeat(originOf(context), request),
    );
  },
  failed({ code }) {
    // While the group is loaded nobody is told anything: its members' sessions begin anew then.
    return { errorCode: code === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : code };
  },
});
