/** API 9, OffsetFetch: the committed offsets of groups (several from version 8 on, KIP-709). */
import {
  type FetchedGroup,
  fetchErrorCode,
  fetchFailure,
  fetchResponse,
  type RequestedGroup,
  requestedGroups,
} from "../../coordinator/group/offsets/answers.ts";
import { resolveFetch } from "../../coordinator/group/offsets/topics.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { OffsetFetch } from "../../protocol/messages/09_offset_fetch.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";

async function fetchGroup(
  given: RequestedGroup,
  requireStable: boolean,
  { services, version }: RequestContext,
): Promise<FetchedGroup> {
  const { request, complete } = resolveFetch(services.image, given, version);
  try {
    const answer = await services.groups.read(
      request.groupId,
      (shard) => shard.offsets.fetch(request, requireStable, version),
    );
    return complete(answer);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return fetchFailure(given, fetchErrorCode(error.code), version);
  }
}

export const offsetFetch = apiHandler({
  api: OffsetFetch,
  async handle(request, context) {
    const groups = requestedGroups(request, context.version);
    const fetched = groups.map((group) => fetchGroup(group, request.requireStable, context));
    return fetchResponse(await Promise.all(fetched), context.version);
  },
  failed({ code }, request, { version }) {
    const groups = requestedGroups(request, version);
    return fetchResponse(groups.map((group) => fetchFailure(group, code, version)), version);
  },
});
