import { assertEquals, assertThrows } from "../../lib/assert.ts";
import {
  array,
  bool,
  bytes,
  float64,
  int16,
  int32,
  int64,
  int8,
  list,
  type Message,
  message,
  of,
  records,
  string,
  struct,
  uint16,
  uint32,
  uuid,
  wideInt64,
} from "../schema/schema.ts";
import { fromJson, type Json, JsonFormError, toJson } from "./json.ts";
import { ZERO_UUID } from "./uuid.ts";

const Inner = struct("Inner", { id: int32("0+"), name: string("0+", { nullable: "0+" }) });

const EveryKind = message("EveryKind", { versions: "0-2", flexible: "1+" }, {
  flag: bool("0+"),
  tiny: int8("0+"),
  small: int16("0+"),
  port: uint16("0+"),
  medium: int32("0+", { default: -1 }),
  unsigned: uint32("0+"),
  large: int64("0+"),
  hash: wideInt64("0+"),
  ratio: float64("0+"),
  id: uuid("0+"),
  text: string("0+"),
  blob: bytes("0+", { nullable: "0+" }),
  batch: records("0+", { nullable: "0+" }),
  numbers: list("0+", int32),
  inner: of("0+", Inner),
  inners: array("0+", Inner, { nullable: "0+" }),
  newer: int32("2+"),
  extra: string("1+", { tag: 0, tagged: "1+" }),
}) as unknown as Message;

const VALUE = {
  flag: true,
  tiny: -128,
  small: 32767,
  port: 65535,
  medium: -5,
  unsigned: 4294967295,
  large: 9007199254740991,
  hash: -9223372036854775808n,
  ratio: 0.5,
  id: "SBPLDKBhRv-bnLLGkySCcg",
  text: "ä",
  blob: new Uint8Array([1, 2, 255]),
  batch: null,
  numbers: [1, 2],
  inner: { id: 1, name: null },
  inners: [{ id: 2, name: "two" }],
  newer: 7,
  extra: "more",
};

const JSON_FORM: { [key: string]: Json } = {
  flag: true,
  tiny: -128,
  small: 32767,
  port: 65535,
  medium: -5,
  unsigned: 4294967295,
  large: "9007199254740991",
  hash: "-9223372036854775808",
  ratio: 0.5,
  id: "SBPLDKBhRv-bnLLGkySCcg",
  text: "ä",
  blob: "AQL/",
  batch: null,
  numbers: [1, 2],
  inner: { id: 1, name: null },
  inners: [{ id: 2, name: "two" }],
  newer: 7,
  extra: "more",
};

Deno.test("json: a message is shown in the form of Kafka's converters, and read from it", () => {
  assertEquals(toJson(EveryKind, 2, VALUE), JSON_FORM);
  const read = fromJson(EveryKind, 2, JSON_FORM);
  assertEquals(toJson(EveryKind, 2, read), JSON_FORM);
  assertEquals(read.hash, -9223372036854775808n);
  assertEquals(read.blob, new Uint8Array([1, 2, 255]));
});

Deno.test("json: fields that a version lacks are absent, and so is a tagged one at its default", () => {
  const keys = (version: number, value = VALUE) =>
    Object.keys(toJson(EveryKind, version, value) as object).slice(15);
  assertEquals(keys(0), ["inners"]);
  assertEquals(keys(1), ["inners", "extra"]);
  assertEquals(keys(2), ["inners", "newer", "extra"]);
  assertEquals(keys(2, { ...VALUE, extra: "" }), ["inners", "newer"]);
});

Deno.test("json: what is left out has its default, in both directions", () => {
  const shown = toJson(EveryKind, 1, {}) as { [key: string]: Json };
  assertEquals([shown.flag, shown.medium, shown.large, shown.hash], [false, -1, "0", "0"]);
  assertEquals([shown.id, shown.text, shown.blob, shown.numbers], [ZERO_UUID, "", "", []]);
  assertEquals(shown.inner, { id: 0, name: "" });
  const read = fromJson(EveryKind, 1, {});
  assertEquals([read.flag, read.medium, read.large, read.hash], [false, -1, 0, 0n]);
  assertEquals([read.id, read.text, read.numbers, read.newer], [ZERO_UUID, "", [], 0]);
});

Deno.test("json: an int64 beyond the safe integers is without limit", () => {
  const large = (text: Json) => fromJson(EveryKind, 0, { large: text }).large;
  assertEquals(large("9223372036854775807"), Infinity);
  assertEquals(large("-9223372036854775808"), -Infinity);
  assertEquals([large(5), large("-5")], [5, -5]);
  const shown = (value: number) =>
    (toJson(EveryKind, 0, { large: value }) as { large: Json }).large;
  assertEquals(shown(Infinity), "9223372036854775807");
  assertEquals(shown(-Infinity), "-9223372036854775808");
});

Deno.test("json: doubles may be no numbers", () => {
  const ratio = (json: Json) => fromJson(EveryKind, 0, { ratio: json }).ratio;
  assertEquals(["NaN", "Infinity", "-Infinity"].map(ratio), [NaN, Infinity, -Infinity]);
});

Deno.test("json: a value of another form is refused, by the field's path", () => {
  const cases: [json: Json, problem: string][] = [
    [[], "EveryKind: an object is wanted"],
    [null, "EveryKind: an object is wanted"],
    [{ flag: 1 }, "EveryKind.flag: true or false is wanted, not 1"],
    [{ tiny: 128 }, "EveryKind.tiny: an integer from -128 to 127 is wanted, not 128"],
    [{ small: 0.5 }, "EveryKind.small: an integer"],
    [{ port: -1 }, "EveryKind.port: an integer from 0"],
    [{ medium: "1" }, "EveryKind.medium: an integer"],
    [{ unsigned: 4294967296 }, "EveryKind.unsigned: an integer"],
    [{ large: "1.5" }, "EveryKind.large: an integer is wanted"],
    [{ large: "9223372036854775808" }, "EveryKind.large: an int64 is wanted"],
    [{ hash: true }, "EveryKind.hash: an integer is wanted"],
    [{ ratio: "half" }, "EveryKind.ratio: a number is wanted"],
    [{ id: "no-uuid" }, "EveryKind.id: a uuid is wanted"],
    [{ text: 1 }, "EveryKind.text: a string is wanted"],
    [{ text: null }, "EveryKind.text must not be null"],
    [{ blob: 1 }, "EveryKind.blob: base64 is wanted"],
    [{ blob: "?" }, "EveryKind.blob: base64 is wanted"],
    [{ numbers: 1 }, "EveryKind.numbers: an array is wanted"],
    [{ numbers: [1, "2"] }, "EveryKind.numbers[1]: an integer"],
    [{ inner: 1 }, "EveryKind.inner: an object is wanted"],
    [{ inners: [{}, { id: "1" }] }, "EveryKind.inners[1].id: an integer"],
    [{ newer: 1 }, "EveryKind.newer is not in version 1"],
    [{ unknown: 1 }, "EveryKind.unknown is not declared"],
    [{ constructor: 1 } as unknown as Json, "EveryKind.constructor is not declared"],
  ];
  for (const [json, problem] of cases) {
    assertThrows(() => fromJson(EveryKind, 1, json), JsonFormError, problem);
  }
});

Deno.test("json: a version that the message does not have is refused", () => {
  for (const version of [-1, 3, undefined as unknown as number]) {
    assertThrows(() => toJson(EveryKind, version, {}), Error, "EveryKind has no version");
    assertThrows(() => fromJson(EveryKind, version, {}), Error, "EveryKind has no version");
  }
});
