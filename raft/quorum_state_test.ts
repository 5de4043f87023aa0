import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { MalformedFileError } from "../storage/files_format.ts";
import { readElectionState, writeElectionState } from "./quorum_state.ts";
import { DIRECTORY_ID, METADATA_DIRECTORY as DIRECTORY } from "./testing/test_voter.ts";

const PATH = `${DIRECTORY}/quorum-state`;

/** What a voter has noted after an election with static voters. */
const STATIC = { leaderId: 1, leaderEpoch: 1, votedId: -1, dataVersion: 0, voterIds: [1] };

Deno.test("the state that Apache Kafka wrote is read, and written the same byte for byte", async () => {
  const archive = await readTestArchive("kafka_4_3_1/logs.tar.gz");
  const bytes = archive.get("kafka/__cluster_metadata-0/quorum-state")!;
  const files = new MemoryFiles();
  files.put(PATH, bytes);
  const state = readElectionState(files, DIRECTORY)!;
  assertEquals(state, { ...STATIC, votedDirectoryId: undefined });
  files.remove(PATH);
  writeElectionState(files, DIRECTORY, state);
  assertEquals(files.readFile(PATH), bytes);
});

Deno.test("with dynamic voters the vote names a directory, and no voters are noted", () => {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  const state = {
    leaderId: -1,
    leaderEpoch: 7,
    votedId: 2,
    votedDirectoryId: DIRECTORY_ID,
    dataVersion: 1,
    voterIds: null,
  };
  writeElectionState(files, DIRECTORY, state);
  assertEquals(
    files.readText(PATH),
    `{"leaderId":-1,"leaderEpoch":7,"votedId":2,"votedDirectoryId":"${DIRECTORY_ID}",` +
      '"data_version":1}',
  );
  assertEquals(readElectionState(files, DIRECTORY), state);
});

Deno.test("a folder without a state has none", () => {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  assertEquals(readElectionState(files, DIRECTORY), null);
});

Deno.test("the state is on the device when it is written, the old one until then", () => {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  writeElectionState(files, DIRECTORY, STATIC);
  files.crash();
  assertEquals(readElectionState(files, DIRECTORY)!.leaderEpoch, 1);
  files.failure = (operation) => operation === "sync" ? new Error("the disk is gone") : null;
  const write = () => writeElectionState(files, DIRECTORY, { ...STATIC, leaderEpoch: 2 });
  assertThrows(write, Error, "the disk is gone");
  assertEquals(readElectionState(files, DIRECTORY)!.leaderEpoch, 1);
});

Deno.test("a damaged state is refused, with its path and what may be done", () => {
  const damaged: Record<string, string> = {
    "": "JSON",
    "\0\0\0\0": "JSON",
    '{"leaderId":1,"leaderEpoch":1': "JSON",
    "null": "null",
    "[]": "version",
    "{}": "version",
    '{"leaderId":1,"leaderEpoch":1,"votedId":-1}': "version",
    '{"leaderId":1,"leaderEpoch":1,"data_version":2}': "version",
    '{"leaderId":1,"leaderEpoch":"one","data_version":0}': "leaderEpoch: an integer",
    '{"leaderId":1,"leaderEpoch":3000000000,"data_version":0}': "leaderEpoch: an integer",
    '{"leaderId":1,"epoch":1,"data_version":0}': "epoch is not declared",
    '{"leaderId":1,"votedDirectoryId":"x","data_version":0}': "votedDirectoryId is not in version",
    '{"leaderId":1,"currentVoters":[{"id":1}],"data_version":0}': "id is not declared",
  };
  for (const [text, problem] of Object.entries(damaged)) {
    const files = new MemoryFiles();
    files.putText(PATH, text);
    const read = () => readElectionState(files, DIRECTORY);
    const { message } = assertThrows(read, MalformedFileError, problem);
    assertEquals(message.startsWith(`Cannot read ${PATH}: `), true, message);
    assertEquals(message.includes("restore the file, or remove it"), true, message);
  }
});
