/** API 47, OffsetDelete: single committed offsets go, of topics that the group does not read (KIP-496). */
import { resolveDelete } from "../../coordinator/group/offsets/topics.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { OffsetDelete } from "../../protocol/messages/47_offset_delete.ts";
import { apiHandler } from "../api_handler.ts";

export const offsetDelete = apiHandler({
  api: OffsetDelete,
  async handle(given, { services }) {
    if (given.groupId === "") return { errorCode: ErrorCode.INVALID_GROUP_ID };
    const { request, complete } = resolveDelete(services.image, given);
    const answer = await services.groups.write(
      request.groupId,
      (shard) => shard.offsets.deleteOffsets(request),
    );
    return complete(answer);
  },
  failed({ code: errorCode }) {
    return { errorCode };
  },
});
