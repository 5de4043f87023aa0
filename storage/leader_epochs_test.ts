import { assertEquals } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { LeaderEpochs } from "./leader_epochs.ts";

const PATH = "/data/demo-0/leader-epoch-checkpoint";

/** A history of `[epoch, first offset]`, on a disk of its own. */
function historyOf(...entries: [epoch: number, startOffset: number][]) {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  const epochs = new LeaderEpochs(files, "/data/demo-0");
  for (const [epoch, startOffset] of entries) epochs.assign(epoch, startOffset);
  return { files, epochs };
}

const entriesOf = (epochs: LeaderEpochs) =>
  epochs.all.map(({ epoch, startOffset }) => [epoch, startOffset]);

Deno.test("leader epochs: each begins where its first record lies, and is on disk at once", () => {
  const { files, epochs } = historyOf([1, 0], [4, 10]);
  assertEquals(files.readText(PATH), "0\n2\n1 0\n4 10\n");
  assertEquals(epochs.earliest, { epoch: 1, startOffset: 0 });
  assertEquals(epochs.latest, { epoch: 4, startOffset: 10 });
  assertEquals(epochs.latestEpoch, 4);
  assertEquals(entriesOf(new LeaderEpochs(files, "/data/demo-0")), [[1, 0], [4, 10]]);
});

Deno.test("leader epochs: a log without records has none", () => {
  const { files, epochs } = historyOf();
  assertEquals([epochs.earliest, epochs.latest, epochs.latestEpoch], [undefined, undefined, -1]);
  epochs.ensureFile();
  assertEquals(files.readText(PATH), "");
  assertEquals(entriesOf(new LeaderEpochs(files, "/data/demo-0")), []);
});

Deno.test("leader epochs: one that a leader begins is known at once, on disk with its first record", () => {
  const { files, epochs } = historyOf([1, 0]);
  epochs.begin(2, 7);
  assertEquals(entriesOf(epochs), [[1, 0], [2, 7]]);
  assertEquals(files.readText(PATH), "0\n1\n1 0\n");
  epochs.begin(3, 7);
  epochs.assign(3, 7);
  assertEquals(files.readText(PATH), "0\n2\n1 0\n3 7\n", "epoch 2 had no records");
});

Deno.test("leader epochs: further records of the latest epoch change nothing", () => {
  const { files, epochs } = historyOf([1, 0]);
  files.failure = () => new Error("nothing is to be written");
  epochs.assign(1, 0);
  epochs.assign(1, 5);
  assertEquals(entriesOf(epochs), [[1, 0]]);
});

Deno.test("leader epochs: a new entry drops what contradicts it", () => {
  const before: [number, number][] = [[1, 0], [3, 10], [5, 20]];
  const after = (epoch: number, startOffset: number) => {
    const { epochs } = historyOf(...before);
    epochs.assign(epoch, startOffset);
    return entriesOf(epochs);
  };
  assertEquals(after(6, 20), [[1, 0], [3, 10], [6, 20]], "epoch 5 had no records");
  assertEquals(after(6, 15), [[1, 0], [3, 10], [6, 15]]);
  assertEquals(after(4, 30), [[1, 0], [3, 10], [4, 30]]);
  assertEquals(after(5, 12), [[1, 0], [3, 10], [5, 12]]);
  assertEquals(after(9, 0), [[9, 0]]);
});

Deno.test("leader epochs: cutting the log's end drops epochs that begin there or later", () => {
  const cut = (endOffset: number) => {
    const { files, epochs } = historyOf([1, 0], [3, 10], [5, 20]);
    epochs.truncateFromEnd(endOffset);
    assertEquals(entriesOf(new LeaderEpochs(files, "/data/demo-0")), entriesOf(epochs));
    return entriesOf(epochs);
  };
  assertEquals(cut(25), [[1, 0], [3, 10], [5, 20]]);
  assertEquals(cut(21), [[1, 0], [3, 10], [5, 20]]);
  assertEquals(cut(20), [[1, 0], [3, 10]]);
  assertEquals(cut(10), [[1, 0]]);
  assertEquals(cut(0), []);
});

Deno.test("leader epochs: raising the log's start drops epochs before, the one there begins there", () => {
  const raise = (startOffset: number, ...entries: [number, number][]) => {
    const { files, epochs } = historyOf(...entries);
    epochs.truncateFromStart(startOffset);
    assertEquals(entriesOf(new LeaderEpochs(files, "/data/demo-0")), entriesOf(epochs));
    return entriesOf(epochs);
  };
  const entries: [number, number][] = [[1, 5], [3, 10], [5, 20]];
  assertEquals(raise(4, ...entries), [[1, 5], [3, 10], [5, 20]]);
  assertEquals(raise(5, ...entries), [[1, 5], [3, 10], [5, 20]]);
  assertEquals(raise(7, ...entries), [[1, 7], [3, 10], [5, 20]]);
  assertEquals(raise(10, ...entries), [[3, 10], [5, 20]]);
  assertEquals(raise(19, ...entries), [[3, 19], [5, 20]]);
  assertEquals(raise(99, ...entries), [[5, 99]]);
  assertEquals(raise(99), []);
});

Deno.test("leader epochs: an epoch ends where the next begins (KIP-101)", () => {
  const { epochs } = historyOf([2, 5], [3, 10], [6, 20]);
  const end = (epoch: number) => {
    const { epoch: found, endOffset } = epochs.endOffsetFor(epoch, 30);
    return [found, endOffset];
  };
  assertEquals(end(2), [2, 10]);
  assertEquals(end(3), [3, 20]);
  assertEquals(end(4), [3, 20], "between two epochs, the one before counts");
  assertEquals(end(6), [6, 30], "the latest ends at the log's end");
  assertEquals(end(0), [0, 5], "before the first, the log's first known offset counts");
  assertEquals(end(7), [-1, -1], "of a later one nothing is known");
  assertEquals(end(-1), [-1, -1]);
  assertEquals(historyOf().epochs.endOffsetFor(0, 30), { epoch: -1, endOffset: -1 });
});
