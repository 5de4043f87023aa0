import { assert, assertEquals } from "../../lib/assert.ts";
import { FileSystemError, MemoryFiles } from "../../lib/memory_files.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { DescribeLogDirs } from "../../protocol/messages/35_describe_log_dirs.ts";
import { batchOf, produceBatch } from "../testing/records.ts";
import { createTopic, TestBroker } from "../testing/test_broker.ts";

Deno.test("log dirs: each folder with its room, and the size of each replica", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "a", { partitions: 2 });
  await createTopic(client, "b");
  const batch = batchOf(["x"]);
  await produceBatch(client, "a", batch);
  const { errorCode, results } = await client.request(DescribeLogDirs, 4, { topics: null });
  assertEquals([errorCode, results.length], [ErrorCode.NONE, 1]);
  const [{ logDir, topics, totalBytes, usableBytes }] = results;
  assertEquals([results[0].errorCode, logDir], [ErrorCode.NONE, node.folder]);
  assert(totalBytes > usableBytes && usableBytes > 0);
  const sizes = topics.map(({ name, partitions }) => [
    name,
    partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => {
      assertEquals([offsetLag, isFutureKey], [0, false]);
      return [partitionIndex, partitionSize];
    }),
  ]);
  assertEquals(sizes, [["a", [[0, batch.length], [1, 0]]], ["b", [[0, 0]]]]);
});

Deno.test("log dirs: only what is asked for; what is not here is left out", async () => {
  await using node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "a", { partitions: 3 });
  await createTopic(client, "b");
  const ask = async (topics: { topic: string; partitions: number[] }[]) => {
    const { results } = await client.request(DescribeLogDirs, 4, { topics });
    return results[0].topics.map(({ name, partitions }) => [
      name,
      partitions.map(({ partitionIndex }) => partitionIndex),
    ]);
  };
  assertEquals(await ask([{ topic: "a", partitions: [2, 7, 0] }]), [["a", [0, 2]]]);
  assertEquals(await ask([{ topic: "missing", partitions: [0] }]), []);
  assertEquals(await ask([]), []);
});

Deno.test("log dirs: a folder whose disk does not answer says so", async () => {
  const files = new MemoryFiles();
  await using node = await TestBroker.start({}, { files });
  const client = await node.connect();
  files.failure = (operation, path) =>
    operation === "open" && path === node.folder ? new FileSystemError("EIO", path) : null;
  const { errorCode, results } = await client.request(DescribeLogDirs, 3, { topics: null });
  assertEquals(errorCode, ErrorCode.NONE);
  assertEquals(results.map(({ logDir, errorCode }) => [logDir, errorCode]), [
    [node.folder, ErrorCode.UNKNOWN_SERVER_ERROR],
  ]);
});
