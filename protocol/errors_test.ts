import { assertEquals, assertMatch } from "../lib/assert.ts";
import {
  codeOf,
  ErrorCode,
  errorMessage,
  type ErrorName,
  errorName,
  isRetriable,
  KafkaError,
} from "./errors.ts";

const TEXT = await Deno.readTextFile(
  new URL("./testdata/kafka_4_3_1_errors.tsv", import.meta.url),
);

/** Code, name, and whether a client may retry, as Kafka 4.3.1 has them. */
const FACTS = TEXT.trimEnd().split("\n").slice(1).map((line) => line.split("\t"));

Deno.test("errors: every code of Kafka is there, with its name and whether a client may retry", () => {
  const declared = Object.entries(ErrorCode).map(([name, code]) => [
    String(code),
    name,
    String(isRetriable(code)),
  ]);
  assertEquals(declared.sort(), [...FACTS].sort());
});

Deno.test("errors: name and code stand for each other", () => {
  for (const [name, code] of Object.entries(ErrorCode)) assertEquals(errorName(code), name);
});

Deno.test("errors: a code that Kafka does not have is one of the server", () => {
  for (const code of [-2, 134, 9999]) {
    assertEquals(errorName(code), "UNKNOWN_SERVER_ERROR");
    assertEquals(isRetriable(code), false);
    assertEquals(errorMessage(code), errorMessage(-1));
  }
});

Deno.test("errors: every code is explained in a sentence of its own", () => {
  const messages = Object.values(ErrorCode).map(errorMessage);
  for (const message of messages) assertMatch(message, /^[A-Za-z].{5,}\.$/);
  assertEquals(new Set(messages).size, messages.length);
});

Deno.test("errors: a failure tells its code, its meaning and what there is to say beyond", () => {
  const plain = new KafkaError("NOT_CONTROLLER");
  assertEquals([plain.code, plain.errorName, plain.detail], [41, "NOT_CONTROLLER", null]);
  assertEquals(plain.message, errorMessage(41));
  const detailed = new KafkaError("INVALID_CONFIG", "retention.ms is wrong");
  assertEquals([detailed.message, detailed.detail], [
    "retention.ms is wrong",
    "retention.ms is wrong",
  ]);
  assertEquals(detailed.name, "KafkaError");
});

Deno.test("errors: what is no failure of the protocol's is one of the server", () => {
  const name: ErrorName = "OFFSET_OUT_OF_RANGE";
  assertEquals(codeOf(new KafkaError(name)), 1);
  for (const error of [new Error("unexpected"), "text", null, undefined]) {
    assertEquals(codeOf(error), -1);
  }
});
