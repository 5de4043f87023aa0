import { assert, assertEquals } from "../lib/assert.ts";
import project from "../deno.json" with { type: "json" };
import { batchOf, produceBatch, readValues } from "../broker/testing/records.ts";
import { createTopic, TestBroker } from "../broker/testing/test_broker.ts";

const ROOT = new URL("../", import.meta.url);

/** Starts the program as its users do; standard input, output and errors are pipes. */
function spawn(...args: string[]): Deno.ChildProcess {
  const [, ...program] = project.tasks.takhin.split(" ");
  return new Deno.Command(Deno.execPath(), {
    args: [...program, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** A node with a topic `t`, and where it is reached. */
async function nodeWithTopic() {
  const node = await TestBroker.start();
  const client = await node.connect();
  await createTopic(client, "t");
  const server = `127.0.0.1:${node.port}`;
  return { client, server, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

Deno.test("process: produce reads standard input", async () => {
  await using made = await nodeWithTopic();
  const process = spawn("produce", "t", "-b", made.server);
  const input = process.stdin.getWriter();
  for (const text of ["first\nsec", "ond\n", "third"]) {
    await input.write(new TextEncoder().encode(text));
  }
  await input.close();
  const { code, stdout, stderr } = await process.output();
  assertEquals([code, stdout.length], [0, 0]);
  assertEquals(new TextDecoder().decode(stderr), "3 records are written to t.\n");
  assertEquals(await readValues(made.client, "t"), ["first", "second", "third"]);
});

Deno.test("process: consume --follow writes at once, and ends when it is interrupted", async () => {
  await using made = await nodeWithTopic();
  const process = spawn("consume", "t", "-b", made.server, "--follow");
  await process.stdin.close();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (const value of ["one", "two"]) {
    await produceBatch(made.client, "t", batchOf([value]));
    assertEquals((await output.read()).value, `${value}\n`);
  }
  process.kill("SIGINT");
  assertEquals((await output.read()).done, true);
  const { signal } = await process.status;
  assertEquals(signal, "SIGINT");
  await process.stderr.cancel();
});

Deno.test("process: a reader that goes away ends the program quietly", async () => {
  const process = spawn("config", "list");
  await process.stdin.close();
  const output = process.stdout.getReader();
  await output.read();
  await output.cancel();
  const { code } = await process.status;
  const errors = await new Response(process.stderr).text();
  assert(code === 0 && errors === "", `exit code ${code}: ${errors}`);
});
