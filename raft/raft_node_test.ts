import { assert, assertEquals, assertRejects, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { SeededRandom } from "../lib/random.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { decodeBytes, encodeBytes } from "../protocol/codec/codec.ts";
import { controlRecordKey, ControlType } from "../protocol/control_records/mod.ts";
import { KRaftVersionRecord } from "../protocol/control_records/kraft_version.ts";
import { LeaderChangeMessage } from "../protocol/control_records/leader_change.ts";
import { VotersRecord } from "../protocol/control_records/voters.ts";
import { KafkaError } from "../protocol/errors.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { readRecords } from "../protocol/records/read.ts";
import { MalformedFileError } from "../storage/files_format.ts";
import { DirectoryUnusableError } from "../storage/log_directory.ts";
import { readElectionState, writeElectionState } from "./quorum_state.ts";
import { snapshotBytes, snapshotPath } from "./snapshot.ts";
import { DIRECTORY_ID, METADATA_DIRECTORY as DIRECTORY, TestVoter } from "./testing/test_voter.ts";

const LOG = `${DIRECTORY}/00000000000000000000.log`;
const TIME = 1_700_000_000_000;

const bytes = (text: string) => new TextEncoder().encode(text);

function stateOf({ files }: TestVoter) {
  return readElectionState(files, DIRECTORY)!;
}

/** A log that begins with the control records of dynamic voters. */
function filesWithVoters(...voterIds: number[]): MemoryFiles {
  const voters = voterIds.map((voterId) => ({
    voterId,
    voterDirectoryId: DIRECTORY_ID,
    endpoints: [{ name: "CONTROLLER", host: "localhost", port: 9093 }],
    kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
  }));
  const files = new MemoryFiles();
  files.put(
    LOG,
    buildBatch([
      {
        key: controlRecordKey(ControlType.KRAFT_VERSION),
        value: encodeBytes(KRaftVersionRecord, 0, { kRaftVersion: 1 }),
        timestamp: TIME,
      },
      {
        key: controlRecordKey(ControlType.KRAFT_VOTERS),
        value: encodeBytes(VotersRecord, 0, { voters }),
        timestamp: TIME,
      },
    ], { baseOffset: 0, leaderEpoch: 1, control: true }),
  );
  return files;
}

Deno.test("the only voter elects itself, and says so in the log before anything else", async () => {
  const voter = await TestVoter.started();
  assertEquals(voter.node.leaderAndEpoch, { leaderId: 1, epoch: 1 });
  assertEquals([voter.node.logEndOffset, voter.node.highWatermark], [1, 1]);
  assertEquals(voter.told, [{ leader: 1, epoch: 1 }]);
  const [batch, ...more] = voter.batches;
  assertEquals([more.length, batch.isControl, batch.leaderEpoch], [0, true, 1]);
  const [{ key, value }] = readRecords(batch);
  assertEquals(key, controlRecordKey(ControlType.LEADER_CHANGE));
  assertEquals(decodeBytes(LeaderChangeMessage, 0, value!).leaderId, 1);
  voter.node.abandon();
});

Deno.test("before it is elected a voter knows no leader and takes no records", () => {
  const voter = new TestVoter();
  assertEquals(voter.node.leaderAndEpoch, { leaderId: -1, epoch: 0 });
  assertEquals(assertThrows(() => voter.append("a"), KafkaError).errorName, "NOT_CONTROLLER");
  voter.node.abandon();
});

Deno.test("the election is on the device before the voter leads", async () => {
  const voter = await TestVoter.started();
  voter.files.crash();
  assertEquals(stateOf(voter), {
    leaderId: 1,
    leaderEpoch: 1,
    votedId: -1,
    votedDirectoryId: undefined,
    dataVersion: 0,
    voterIds: [1],
  });
  assertEquals(voter.batches.length, 1);
});

Deno.test("every start begins a new epoch, with a leader's record of its own", async () => {
  const files = new MemoryFiles();
  for (const epoch of [1, 2, 3]) {
    const voter = await TestVoter.started(files);
    assertEquals(voter.node.leaderAndEpoch, { leaderId: 1, epoch });
    assertEquals(voter.batches.map(({ leaderEpoch }) => leaderEpoch).at(-1), epoch);
    assertEquals(voter.batches.length, epoch);
    await voter.node.close();
  }
  assertEquals(files.readText(`${DIRECTORY}/leader-epoch-checkpoint`), "0\n3\n1 0\n2 1\n3 2\n");
});

Deno.test("the epoch does not go back where the election state is lost", async () => {
  const first = await TestVoter.started();
  await first.node.close();
  const second = await TestVoter.started(first.files);
  await second.node.close();
  second.files.remove(`${DIRECTORY}/quorum-state`);
  const third = await TestVoter.started(second.files);
  assertEquals(third.node.leaderAndEpoch.epoch, 3);
  assertEquals(stateOf(third).leaderEpoch, 3);
  third.node.abandon();
});

Deno.test("the epoch does not go back where the log is older than the election state", async () => {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  const state = { leaderId: -1, leaderEpoch: 9, votedId: 1, dataVersion: 0, voterIds: [1] };
  writeElectionState(files, DIRECTORY, state);
  const voter = await TestVoter.started(files);
  assertEquals(voter.node.leaderAndEpoch.epoch, 10);
  voter.node.abandon();
});

Deno.test("the epoch does not go back where only a snapshot is left", async () => {
  const files = new MemoryFiles();
  const id = { endOffset: 100, epoch: 6 };
  files.put(snapshotPath(DIRECTORY, id), snapshotBytes([bytes("a"), bytes("b")], TIME));
  const voter = await TestVoter.started(files);
  assertEquals(voter.node.leaderAndEpoch, { leaderId: 1, epoch: 7 });
  assertEquals(voter.told, [
    { snapshot: [100, 6], values: ["a", "b"] },
    { leader: 1, epoch: 7 },
  ]);
  const { baseOffset, committed } = voter.append("c");
  assertEquals(baseOffset, 101);
  await committed;
  await voter.node.close();
  const again = await TestVoter.started(files);
  assertEquals(again.told, [
    { snapshot: [100, 6], values: ["a", "b"] },
    { commit: [101, 101], values: ["c"] },
    { leader: 1, epoch: 8 },
  ]);
  again.node.abandon();
});

Deno.test("what a snapshot holds is not told again from the log", async () => {
  const voter = await TestVoter.started();
  await voter.append("a", "b").committed;
  await voter.append("c").committed;
  await voter.node.close();
  voter.files.put(
    snapshotPath(DIRECTORY, { endOffset: 3, epoch: 1 }),
    snapshotBytes([bytes("b")], TIME),
  );
  const again = await TestVoter.started(voter.files);
  assertEquals(again.told, [
    { snapshot: [3, 1], values: ["b"] },
    { commit: [3, 3], values: ["c"] },
    { leader: 1, epoch: 2 },
  ]);
  again.node.abandon();
});

Deno.test("a damaged election state stops the start with its path", async () => {
  const files = new MemoryFiles();
  files.putText(`${DIRECTORY}/quorum-state`, "\0\0\0");
  const voter = new TestVoter(files);
  await assertRejects(() => voter.node.start(), MalformedFileError, `${DIRECTORY}/quorum-state`);
  voter.node.abandon();
});

Deno.test("a log of a quorum with other static voters is refused", async () => {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  const state = { leaderId: 2, leaderEpoch: 4, votedId: -1, dataVersion: 0, voterIds: [1, 2, 3] };
  writeElectionState(files, DIRECTORY, state);
  const voter = new TestVoter(files);
  await assertRejects(() => voter.node.start(), DirectoryUnusableError, "voters 2, 3 besides");
  assertEquals(readElectionState(files, DIRECTORY)!.leaderEpoch, 4);
  voter.node.abandon();
});

Deno.test("with dynamic voters state and leader's record are of the newer form", async () => {
  const voter = await TestVoter.started(filesWithVoters(1));
  assertEquals(voter.node.kraftVersionLevel, 1);
  assertEquals(voter.node.leaderAndEpoch.epoch, 2);
  const { dataVersion, votedDirectoryId, voterIds } = stateOf(voter);
  assertEquals([dataVersion, votedDirectoryId, voterIds], [1, "AAAAAAAAAAAAAAAAAAAAAA", null]);
  const [record] = readRecords(voter.batches.at(-1)!);
  const message = decodeBytes(LeaderChangeMessage, 1, record.value!);
  assertEquals(message.voters.map(({ voterDirectoryId: id }) => id), [DIRECTORY_ID]);
  await voter.node.close();
  const again = await TestVoter.started(voter.files);
  assertEquals(again.node.leaderAndEpoch.epoch, 3);
  again.node.abandon();
});

Deno.test("a log of a quorum with other dynamic voters is refused", async () => {
  const voter = new TestVoter(filesWithVoters(1, 2));
  await assertRejects(() => voter.node.start(), DirectoryUnusableError, "voters 2 besides");
  voter.node.abandon();
});

Deno.test("appended records are committed in order, told first and then answered", async () => {
  const voter = await TestVoter.started();
  const order: string[] = [];
  voter.node.addListener({
    handleSnapshot() {},
    handleCommit: ({ baseOffset, lastOffset, epoch, values }) =>
      void order.push(`told ${baseOffset}-${lastOffset} of ${epoch}: ${values.length}`),
    handleLeaderChange() {},
  });
  const first = voter.append("a", "b");
  const second = voter.append("c");
  assertEquals([first.baseOffset, second.baseOffset, voter.node.logEndOffset], [1, 3, 4]);
  assertEquals(voter.node.highWatermark, 1);
  await Promise.all([
    first.committed.then(() => order.push("first answered")),
    second.committed.then(() => order.push("second answered")),
  ]);
  assertEquals(order, [
    "told 1-2 of 1: 2",
    "told 3-3 of 1: 1",
    "first answered",
    "second answered",
  ]);
  assertEquals(voter.node.highWatermark, 4);
  assertEquals(voter.committed, ["a", "b", "c"]);
  voter.node.abandon();
});

Deno.test("nothing is committed before it is on the device, and one sync serves many", async () => {
  const voter = await TestVoter.started();
  const syncs: string[][] = [];
  voter.files.failure = (operation, path) => {
    if (operation === "sync" && path === LOG) syncs.push([...voter.committed]);
    return null;
  };
  const appended = ["a", "b", "c"].map((value) => voter.append(value).committed);
  assertEquals(voter.committed, []);
  await Promise.all(appended);
  assertEquals(syncs, [[]]);
  voter.files.crash();
  assertEquals(voter.batches.length, 4);
});

Deno.test("records that are appended during a sync are committed by the next", async () => {
  const voter = await TestVoter.started();
  let later: Promise<void> | null = null;
  voter.files.failure = (operation, path) => {
    if (operation === "sync" && path === LOG) later ??= voter.append("later").committed;
    return null;
  };
  await voter.append("now").committed;
  assertEquals(voter.committed, ["now"]);
  await later!;
  assertEquals(voter.committed, ["now", "later"]);
  voter.node.abandon();
});

Deno.test("what a commit leads to may be appended at once", async () => {
  const voter = await TestVoter.started();
  let answer: Promise<void> | null = null;
  voter.node.addListener({
    handleSnapshot() {},
    handleCommit: () => void (answer ??= voter.append("answer").committed),
    handleLeaderChange() {},
  });
  await voter.append("question").committed;
  await answer!;
  assertEquals(voter.committed, ["question", "answer"]);
  voter.node.abandon();
});

Deno.test("a voter whose disk fails resigns, and promises nothing any more", async () => {
  const voter = await TestVoter.started();
  await voter.append("a").committed;
  voter.files.failure = (operation) => operation === "sync" ? new Error("the disk is gone") : null;
  await assertRejects(() => voter.append("b").committed, KafkaError, "the disk is gone");
  assertEquals(voter.node.leaderAndEpoch, { leaderId: -1, epoch: 1 });
  assertEquals(voter.committed, ["a"]);
  assertEquals(voter.told.at(-1), { leader: -1, epoch: 1 });
  assertEquals(assertThrows(() => voter.append("c"), KafkaError).errorName, "NOT_CONTROLLER");
  voter.node.abandon();
});

Deno.test("what was committed is told again after a restart", async () => {
  const voter = await TestVoter.started();
  await voter.append("a", "b").committed;
  await voter.append("c").committed;
  await voter.node.close();
  const again = await TestVoter.started(voter.files);
  assertEquals(again.told, [
    { commit: [1, 2], values: ["a", "b"] },
    { commit: [3, 3], values: ["c"] },
    { leader: 1, epoch: 2 },
  ]);
  assertEquals(again.node.highWatermark, 5);
  again.node.abandon();
});

Deno.test("closing settles what was appended just before", async () => {
  const voter = await TestVoter.started();
  const { committed } = voter.append("last");
  await Promise.all([committed, voter.node.close()]);
  assertThrows(() => voter.append("more"), KafkaError);
  const again = await TestVoter.started(voter.files);
  assertEquals(again.committed, ["last"]);
  again.node.abandon();
});

Deno.test("a batch that a crash tore is cut off and reported", async () => {
  const voter = await TestVoter.started();
  await voter.append("a").committed;
  const torn = voter.files.readFile(LOG);
  voter.files.put(LOG, new Uint8Array([...torn, ...torn.subarray(0, 40)]));
  const again = await TestVoter.started(voter.files);
  assertEquals(again.committed, ["a"]);
  assertEquals(again.warnings.length, 1);
  assertEquals(again.node.logEndOffset, 3);
  again.node.abandon();
});

// A power loss may take what was not synced, tear the last write or leave all of it.
Deno.test("a power loss takes nothing that was committed", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new SeededRandom(seed);
    let files = new MemoryFiles();
    let epoch = 0;
    let known: string[] = [];
    for (let round = 0; round < 3; round++) {
      const voter = await TestVoter.started(files);
      assert(voter.node.leaderAndEpoch.epoch > epoch, `seed ${seed}: the epoch grows`);
      epoch = voter.node.leaderAndEpoch.epoch;
      assertEquals(voter.committed.slice(0, known.length), known, `seed ${seed}`);
      for (let i = 0; i < 5; i++) {
        const values = [1, 2].map((n) =>
          `${round}.${i}.${n} ${"x".repeat(random.fraction() * 50)}`
        );
        const { committed } = voter.append(...values);
        if (random.fraction() < 0.6) await committed;
        else committed.catch(() => {});
      }
      known = voter.committed;
      files = voter.files.afterPowerLoss(random);
      voter.node.abandon();
    }
  }
});

Deno.test("a log is replayed in pieces, whole", async () => {
  const voter = await TestVoter.started();
  const value = "x".repeat(60_000);
  for (let i = 0; i < 40; i++) await voter.append(`${i}:${value}`).committed;
  await voter.node.close();
  const again = await TestVoter.started(voter.files);
  assertEquals(
    again.committed.map((each) => each.split(":")[0]).join(),
    [...Array(40).keys()].join(),
  );
  again.node.abandon();
});

Deno.test("DescribeQuorum is told of one voter that has caught up", async () => {
  const voter = await TestVoter.started();
  await voter.append("a").committed;
  const now = voter.clock.now();
  assertEquals(voter.node.describe(), {
    voters: [{
      replicaId: 1,
      directoryId: DIRECTORY_ID,
      logEndOffset: 2,
      lastFetchMs: now,
      lastCaughtUpMs: now,
    }],
    observers: [],
  });
  voter.node.abandon();
});

Deno.test("Apache Kafka's own metadata log is taken over in a new epoch", async () => {
  const files = new MemoryFiles();
  const prefix = "kafka/__cluster_metadata-0/";
  for (const [path, content] of await readTestArchive("kafka_4_3_1/logs.tar.gz")) {
    if (path.startsWith(prefix)) files.put(`${DIRECTORY}/${path.slice(prefix.length)}`, content);
  }
  const before = files.readFile(LOG);
  const voter = await TestVoter.started(files);
  assertEquals(voter.warnings, []);
  assertEquals(voter.node.leaderAndEpoch, { leaderId: 1, epoch: 2 });
  assertEquals([voter.node.logEndOffset, voter.node.highWatermark], [184, 184]);
  const commits = voter.told.flatMap((each) => "commit" in each ? [each] : []);
  assertEquals(commits[0].commit, [1, 9]);
  assertEquals(commits.at(-1)!.commit[1], 182);
  assertEquals(commits.reduce((sum, { values }) => sum + values.length, 0), 182);
  // What Kafka wrote stays as it is; one batch of a new leader follows.
  assertEquals(files.readFile(LOG).subarray(0, before.length), before);
  assertEquals(voter.batches.at(-1)!.baseOffset, 183);
  assertEquals(files.readText(`${DIRECTORY}/leader-epoch-checkpoint`), "0\n2\n1 0\n2 183\n");
  voter.node.abandon();
});
