/** API 8, OffsetCommit: up to where a group has read (topic ids from version 10 on). */
import { commitFailure } from "../../coordinator/group/offsets/answers.ts";
import { resolveCommit } from "../../coordinator/group/offsets/topics.ts";
import { KafkaError } from "../../protocol/errors.ts";
import {
  OffsetCommit,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
} from "../../protocol/messages/08_offset_commit.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { originOf } from "../request_origin.ts";

async function commit(
  request: OffsetCommitRequest,
  context: RequestContext,
): Promise<OffsetCommitResponse> {
  if (request.topics.length === 0) return {};
  try {
    return await context.services.groups.write(
      request.groupId,
      (shard) => shard.offsets.commit(originOf(context), request),
    );
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return commitFailure(request, error.code);
  }
}

export const offsetCommit = apiHandler({
  api: OffsetCommit,
  async handle(given, context) {
    const { request, complete } = resolveCommit(context.services.image, given, context.version);
    return complete(await commit(request, context));
  },
  failed({ code }, request) {
    return commitFailure(request, code);
  },
});
