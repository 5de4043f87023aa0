/** API 14, SyncGroup: the leader hands in the assignment, and every member gets its part. */
import { ErrorCode } from "../../protocol/errors.ts";
import { SyncGroup, type SyncGroupResponse } from "../../protocol/messages/14_sync_group.ts";
import { apiHandler } from "../api_handler.ts";
import { originOf } from "../request_origin.ts";

/** From it on a member says which protocol it believes in (KIP-559). */
const PROTOCOL_VERSION = 5;

export const syncGroup = apiHandler({
  api: SyncGroup,
  handle(request, context) {
    const { groupId, protocolType, protocolName } = request;
    if (context.version >= PROTOCOL_VERSION && (protocolType === null || protocolName === null)) {
      return { errorCode: ErrorCode.INCONSISTENT_GROUP_PROTOCOL };
    }
    if (groupId === "") return { errorCode: ErrorCode.INVALID_GROUP_ID };
    return new Promise<SyncGroupResponse>((resolve, reject) => {
      context.services.groups
        .write(groupId, (shard) => shard.classic.sync(originOf(context), request, resolve))
        .catch(reject);
    });
  },
  failed({ code: errorCode }) {
    return { errorCode };
  },
});
