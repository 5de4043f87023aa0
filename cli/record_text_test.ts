import { assert, assertEquals, assertThrows } from "../lib/assert.ts";
import { ArgumentError } from "../lib/args.ts";
import { fc } from "../lib/fast_check.ts";
import { displayText, recordFromJson, recordToJson } from "./record_text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const NOW = 1_700_000_000_000;

Deno.test("records as JSON: text is text, other bytes are base64, null is null", () => {
  const json = recordToJson("t", 3, {
    offset: 42,
    timestamp: NOW,
    key: Uint8Array.of(0xff, 0),
    value: bytes("grüße\n"),
    headers: [[bytes("a"), bytes("1")], [bytes("b"), null], [bytes("c"), Uint8Array.of(0x80)]],
  });
  assertEquals(JSON.parse(json), {
    topic: "t",
    partition: 3,
    offset: 42,
    timestamp: NOW,
    keyBase64: "/wA=",
    value: "grüße\n",
    headers: [{ name: "a", value: "1" }, { name: "b", value: null }, {
      name: "c",
      valueBase64: "gA==",
    }],
  });
  assertEquals(json.split("\n").length, 1);
});

Deno.test("records as JSON: what is written is read back the same", () => {
  const blob = fc.option(fc.uint8Array({ maxLength: 30 }), { nil: null });
  const text = fc.string().map(bytes);
  const content = fc.oneof(blob, text);
  const record = fc.record({
    offset: fc.nat(),
    timestamp: fc.nat(),
    key: content,
    value: content,
    headers: fc.array(fc.tuple(fc.oneof(fc.uint8Array(), text), content), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(record, fc.nat(), (record, partition) => {
      const json = recordToJson("t", partition, record);
      const read = recordFromJson(json, NOW);
      const hex = (value: Uint8Array | null | undefined) => value?.toHex() ?? null;
      assertEquals(read.partition, partition);
      assertEquals(read.record.timestamp, record.timestamp);
      assertEquals([hex(read.record.key), hex(read.record.value)], [
        hex(record.key),
        hex(record.value),
      ]);
      assertEquals(
        read.record.headers!.map(([name, value]) => [hex(name), hex(value)]),
        record.headers.map(([name, value]) => [hex(name), hex(value)]),
      );
    }),
    { numRuns: 200, seed: 3 },
  );
});

Deno.test("records as JSON: what is left out is null or now; other JSON becomes its text", () => {
  const { record, partition } = recordFromJson('{"value": {"a": [1, true]}}', NOW);
  assertEquals(new TextDecoder().decode(record.value!), '{"a":[1,true]}');
  assertEquals([record.key, record.timestamp, record.headers, partition], [
    null,
    NOW,
    [],
    undefined,
  ]);
  assertEquals(recordFromJson('{"key": 5}', NOW).record.key, bytes("5"));
  const unpadded = recordFromJson('{"keyBase64": "YQ", "timestamp": null}', NOW).record;
  assertEquals([unpadded.key, unpadded.timestamp], [bytes("a"), NOW]);
});

Deno.test("records as JSON: what is no record is refused, naming what is wrong", () => {
  const cases: [line: string, about: string][] = [
    ["{", "not JSON"],
    ["[1]", "object"],
    ["null", "object"],
    ['"text"', "object"],
    ['{"keyBase64": "?"}', "keyBase64"],
    ['{"headers": {"a": "b"}}', "headers"],
    ['{"headers": [null]}', "headers"],
    ['{"headers": ["a"]}', "headers"],
    ['{"timestamp": "now"}', "timestamp"],
    ['{"timestamp": 1.5}', "timestamp"],
    ['{"valueBase64": 5}', "valueBase64"],
    ['{"partition": -1}', "partition"],
    ['{"partition": "1"}', "partition"],
  ];
  for (const [line, about] of cases) {
    const { message } = assertThrows(() => recordFromJson(line, NOW), ArgumentError);
    assert(message.includes(about), `${line}: ${message}`);
  }
});

Deno.test("records as text: bytes that are no text are base64 in brackets", () => {
  assertEquals(displayText(bytes("a b")), "a b");
  assertEquals(displayText(Uint8Array.of(0xff)), "[base64 /w==]");
  assertEquals(displayText(null), "null");
  assertEquals(displayText(new Uint8Array(0)), "");
});
