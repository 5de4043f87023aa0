import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { MalformedFileError } from "./files_format.ts";
import { readMetaProperties, writeMetaProperties } from "./meta_properties.ts";

const PATH = "/data/meta.properties";

function filesWith(text: string): MemoryFiles {
  const files = new MemoryFiles();
  files.putText(PATH, text);
  return files;
}

Deno.test("meta.properties: Kafka's lines in Kafka's order, and read back", () => {
  const files = filesWith("");
  const properties = {
    clusterId: "5L6g3nShT-eMCtK--X86sw",
    nodeId: 3,
    directoryId: "dTUmRe_tSbeOeVGLK5nQPg",
  };
  writeMetaProperties(files, "/data", properties, Date.UTC(2024, 0, 2, 3, 4, 5));
  assertEquals(files.readText(PATH).split("\n"), [
    "#",
    "#Tue, 02 Jan 2024 03:04:05 GMT",
    "node.id=3",
    "directory.id=dTUmRe_tSbeOeVGLK5nQPg",
    "version=1",
    "cluster.id=5L6g3nShT-eMCtK--X86sw",
    "",
  ]);
  assertEquals(readMetaProperties(files, "/data"), properties);
});

Deno.test("meta.properties: a folder from before directory ids has none, and gets none", () => {
  const files = filesWith("version=1\ncluster.id=abc\nnode.id=0\n");
  const properties = { clusterId: "abc", nodeId: 0, directoryId: null };
  assertEquals(readMetaProperties(files, "/data"), properties);
  writeMetaProperties(files, "/data", properties, 0);
  assertEquals(readMetaProperties(files, "/data"), properties);
});

Deno.test("meta.properties: a folder without the file has no properties", () => {
  assertEquals(readMetaProperties(new MemoryFiles(), "/data"), null);
});

Deno.test("meta.properties: what no KRaft folder has is refused, naming the file", () => {
  for (
    const [text, message] of [
      ["version=0\nbroker.id=0\ncluster.id=abc", "version 0"],
      ["broker.id=0", "version 0"],
      ["version=2\ncluster.id=abc\nnode.id=0", "version 2"],
      ["version=1\nnode.id=0", "no cluster.id"],
      ["version=1\ncluster.id=\nnode.id=0", "no cluster.id"],
      ["version=1\ncluster.id=abc", "no node.id"],
      ["version=1\ncluster.id=abc\nnode.id=-1", "no node.id"],
      ["version=1\ncluster.id=abc\nnode.id=", "no node.id"],
      ["version=1\ncluster.id=abc\nnode.id=1.5", "no node.id"],
    ]
  ) {
    const read = () => readMetaProperties(filesWith(text), "/data");
    const error = assertThrows(read, MalformedFileError, message);
    assertEquals(error.message.includes(PATH), true);
  }
});
