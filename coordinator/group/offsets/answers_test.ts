import { assertEquals } from "../../../lib/assert.ts";
import { requestOf } from "../../../cluster/testing/test_cluster.ts";
import { encodeBytes } from "../../../protocol/codec/codec.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import { OffsetCommitRequest } from "../../../protocol/messages/08_offset_commit.ts";
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from "../../../protocol/messages/09_offset_fetch.ts";
import {
  commitFailure,
  fetchErrorCode,
  fetchFailure,
  fetchResponse,
  requestedGroups,
} from "./answers.ts";

Deno.test("answers: a commit that fails is told partition by partition", () => {
  const request = requestOf(OffsetCommitRequest, {
    groupId: "g",
    topics: [{
      name: "a",
      partitions: [{ partitionIndex: 1, committedOffset: 5, committedMetadata: "" }],
    }],
  }, 9);
  assertEquals(commitFailure(request, ErrorCode.NOT_COORDINATOR), {
    topics: [{
      name: "a",
      topicId: ZERO_UUID,
      partitions: [{ partitionIndex: 1, errorCode: ErrorCode.NOT_COORDINATOR }],
    }],
  });
});

Deno.test("answers: before version 8 a fetch is about one group", () => {
  const topics = [{ name: "a", partitionIndexes: [0, 1] }];
  const request = requestOf(OffsetFetchRequest, { groupId: "g", topics }, 7);
  assertEquals(requestedGroups(request, 7), [{
    groupId: "g",
    memberId: null,
    memberEpoch: -1,
    topics: [{ name: "a", topicId: ZERO_UUID, partitionIndexes: [0, 1] }],
  }]);
  const all = requestOf(OffsetFetchRequest, { groupId: "g", topics: null }, 2);
  assertEquals(requestedGroups(all, 2)[0].topics, null);
});

Deno.test("answers: from version 8 on a fetch is about the groups that it names", () => {
  const groups = [{ groupId: "g", topics: null }, { groupId: "h", topics: [] }];
  const request = requestOf(OffsetFetchRequest, { groups }, 8);
  assertEquals(requestedGroups(request, 8), request.groups);
});

Deno.test("answers: a fetch is answered in the form of its version", () => {
  const partitions = [{ partitionIndex: 0, committedOffset: 5, metadata: "", errorCode: 0 }];
  const group = { groupId: "g", topics: [{ name: "a", partitions }] };
  assertEquals(fetchResponse([group], 8), { groups: [group] });
  for (let version = 1; version < 8; version++) {
    const response = fetchResponse([group], version);
    assertEquals(response.topics, group.topics);
    encodeBytes(OffsetFetchResponse, version, response);
  }
});

Deno.test("answers: a group that cannot be fetched has an error from version 2 on, its partitions before", () => {
  const group = {
    groupId: "g",
    memberId: null,
    memberEpoch: -1,
    topics: [{ name: "a", topicId: ZERO_UUID, partitionIndexes: [3] }],
  };
  const code = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  const failure = fetchFailure(group, code, 2);
  assertEquals(failure, { groupId: "g", topics: [], errorCode: code });
  assertEquals(fetchResponse([failure], 2), { topics: [], errorCode: code });
  assertEquals(fetchFailure(group, code, 1), {
    groupId: "g",
    topics: [{
      name: "a",
      partitions: [{
        partitionIndex: 3,
        committedOffset: -1,
        committedLeaderEpoch: -1,
        metadata: "",
        errorCode: code,
      }],
    }],
  });
});

Deno.test("answers: errors of the coordinator's log send a client that fetches to look for it again", () => {
  const { NOT_COORDINATOR } = ErrorCode;
  assertEquals(fetchErrorCode(ErrorCode.REQUEST_TIMED_OUT), NOT_COORDINATOR);
  assertEquals(fetchErrorCode(ErrorCode.NOT_ENOUGH_REPLICAS), NOT_COORDINATOR);
  assertEquals(fetchErrorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION), NOT_COORDINATOR);
  assertEquals(fetchErrorCode(ErrorCode.UNKNOWN_MEMBER_ID), ErrorCode.UNKNOWN_MEMBER_ID);
});
