import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import {
  MalformedFileError,
  readCleanShutdown,
  readLeaderEpochs,
  readOffsetCheckpoint,
  readPartitionMetadata,
  removeCleanShutdown,
  writeCleanShutdown,
  writeLeaderEpochs,
  writeOffsetCheckpoint,
  writePartitionMetadata,
} from "./files_format.ts";

const PATH = "/data/checkpoint";

function filesWith(text: string): MemoryFiles {
  const files = new MemoryFiles();
  files.putText(PATH, text);
  return files;
}

const readOffsets = (text: string) =>
  [...readOffsetCheckpoint(filesWith(text), PATH)].map(([name, { offset }]) => [name, offset]);

Deno.test("offset checkpoint: version, count, one line for each partition", () => {
  const files = filesWith("");
  writeOffsetCheckpoint(files, PATH, [
    { partition: { topic: "demo", partition: 0 }, offset: 17 },
    { partition: { topic: "other-1", partition: 12 }, offset: 9007199254740991 },
  ]);
  assertEquals(files.readText(PATH), "0\n2\ndemo 0 17\nother-1 12 9007199254740991\n");
  assertEquals(readOffsets(files.readText(PATH)), [
    ["demo-0", 17],
    ["other-1-12", 9007199254740991],
  ]);
});

Deno.test("offset checkpoint: without partitions it still has version and count", () => {
  const files = filesWith("");
  writeOffsetCheckpoint(files, PATH, []);
  assertEquals(files.readText(PATH), "0\n0\n");
  assertEquals(readOffsets("0\n0\n"), []);
});

Deno.test("offset checkpoint: a missing, empty or begun file holds nothing", () => {
  assertEquals(readOffsetCheckpoint(new MemoryFiles(), PATH).size, 0);
  for (const text of ["", "\n", "0", "0\n"]) assertEquals(readOffsets(text), []);
});

Deno.test("offset checkpoint: any blanks part the fields", () => {
  assertEquals(readOffsets("0\n1\ndemo\t0   5\n"), [["demo-0", 5]]);
});

Deno.test("offset checkpoint: what cannot be understood is refused, naming the file", () => {
  for (
    const [text, message] of [
      ["1\n0\n", 'version "1"'],
      ["\n1\ndemo 0 5\n", 'version ""'],
      ["x\n0\n", 'version "x"'],
      ["0\n2\ndemo 0 5\n", "2 entries announced, 1 found"],
      ["0\n0\ndemo 0 5\n", "0 entries announced, 1 found"],
      ["0\nmany\n", "many entries announced"],
      ["0\n1\ndemo 0\n", '"undefined" is not a whole number'],
      ["0\n1\ndemo 0 5x\n", '"5x" is not a whole number'],
      ["0\n1\ndemo x 5\n", '"x" is not a whole number'],
    ]
  ) {
    const error = assertThrows(() => readOffsets(text), MalformedFileError, message);
    assertEquals(error.message.includes(PATH), true);
  }
});

Deno.test("leader epoch checkpoint: version, count, epoch and first offset", () => {
  const files = filesWith("");
  const entries = [{ epoch: 0, startOffset: 0 }, { epoch: 7, startOffset: 1049 }];
  writeLeaderEpochs(files, PATH, entries);
  assertEquals(files.readText(PATH), "0\n2\n0 0\n7 1049\n");
  assertEquals(readLeaderEpochs(files, PATH), entries);
  assertThrows(() => readLeaderEpochs(filesWith("0\n1\n7\n"), PATH), MalformedFileError);
});

Deno.test("partition.metadata: version and topic id, without a line end behind", () => {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  assertEquals(readPartitionMetadata(files, "/data/demo-0"), null);
  writePartitionMetadata(files, "/data/demo-0", "dTUmRe_tSbeOeVGLK5nQPg");
  assertEquals(
    files.readText("/data/demo-0/partition.metadata"),
    "version: 0\ntopic_id: dTUmRe_tSbeOeVGLK5nQPg",
  );
  assertEquals(readPartitionMetadata(files, "/data/demo-0"), "dTUmRe_tSbeOeVGLK5nQPg");
});

Deno.test("partition.metadata: another version or no topic id is refused", () => {
  for (const text of ["", "version: 1\ntopic_id: a\n", "version: 0\n", "topic_id: a\nversion: 0"]) {
    const files = new MemoryFiles();
    files.putText("/data/demo-0/partition.metadata", text);
    assertThrows(() => readPartitionMetadata(files, "/data/demo-0"), MalformedFileError);
  }
});

Deno.test("clean shutdown: the marker holds version and broker epoch, and can be removed", () => {
  const files = new MemoryFiles();
  files.makeDirectory("/data");
  assertEquals(readCleanShutdown(files, "/data"), { clean: false, brokerEpoch: -1 });
  writeCleanShutdown(files, "/data", 42);
  assertEquals(files.readText("/data/.kafka_cleanshutdown"), '{"version":0,"brokerEpoch":42}');
  assertEquals(readCleanShutdown(files, "/data"), { clean: true, brokerEpoch: 42 });
  removeCleanShutdown(files, "/data");
  removeCleanShutdown(files, "/data");
  assertEquals(readCleanShutdown(files, "/data"), { clean: false, brokerEpoch: -1 });
});

Deno.test("clean shutdown: an empty or foreign marker is one, without an epoch", () => {
  for (const text of ["", "{}", '{"version":0,"brokerEpoch":null}', "{", "[1"]) {
    const files = new MemoryFiles();
    files.putText("/data/.kafka_cleanshutdown", text);
    assertEquals(readCleanShutdown(files, "/data"), { clean: true, brokerEpoch: -1 }, text);
  }
});

Deno.test("all these files are on the device once they are written", () => {
  const files = new MemoryFiles();
  files.makeDirectory("/data/demo-0");
  writeOffsetCheckpoint(files, "/data/offsets", []);
  writeLeaderEpochs(files, "/data/epochs", []);
  writePartitionMetadata(files, "/data/demo-0", "dTUmRe_tSbeOeVGLK5nQPg");
  writeCleanShutdown(files, "/data", 1);
  const before = files.paths.map((path) => files.readText(path));
  files.crash();
  assertEquals(files.paths.map((path) => files.readText(path)), before);
});
