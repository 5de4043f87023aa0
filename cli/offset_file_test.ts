import { assertEquals, assertThrows } from "../lib/assert.ts";
import { InputError } from "./command.ts";
import { formatOffset, parseOffsets } from "./offset_file.ts";

Deno.test("offset file: what Kafka's tool exports is read", () => {
  const text = '"audit-with-a-very-long-name-of-topic",0,4\norders,10,9007199254740991\n\n';
  assertEquals(parseOffsets(text, "g"), [
    { topic: "audit-with-a-very-long-name-of-topic", partition: 0, offset: 4 },
    { topic: "orders", partition: 10, offset: 9007199254740991 },
  ]);
  assertEquals(parseOffsets("a,0,1\r\nb,0,2", "g").map(({ topic }) => topic), ["a", "b"]);
  assertEquals(parseOffsets("", "g"), []);
});

Deno.test("offset file: of several groups the one that is asked for is read", () => {
  const text = 'other,t,0,1\n"g, ""the"" group",t,0,2\n"g, ""the"" group",t,1,3\nother,t,1,4\n';
  assertEquals(parseOffsets(text, 'g, "the" group'), [
    { topic: "t", partition: 0, offset: 2 },
    { topic: "t", partition: 1, offset: 3 },
  ]);
  assertEquals(parseOffsets(text, "g"), []);
});

Deno.test("offset file: a line that is wrong is told with its number", () => {
  const wrong = [
    "t,0",
    "t,0,1,2,3",
    "t,zero,1",
    "t,0,-1",
    "t,0,1e3",
    "t,0,99999999999999999999",
    ",0,1",
    '"t,0,1',
    '"t"x,0,1',
    "topic;0;1",
  ];
  for (const line of wrong) {
    const { message } = assertThrows(() => parseOffsets(`a,0,1\n\n${line}`, "g"), InputError);
    assertEquals(message, `line 3: "${line}" is not of the form topic,partition,offset`);
  }
  const twice = assertThrows(() => parseOffsets("t,0,1\nt,1,1\nt,0,2", "g"), InputError);
  assertEquals(twice.message, "line 3: partition 0 of t is there twice");
});

Deno.test("offset file: lines are written as Kafka's tool writes them", () => {
  const line = (topic: string) => formatOffset({ topic, partition: 3, offset: 12 });
  assertEquals(line("orders"), "orders,3,12");
  assertEquals(line("x".repeat(24)), `${"x".repeat(24)},3,12`);
  assertEquals(line("x".repeat(25)), `"${"x".repeat(25)}",3,12`);
});
