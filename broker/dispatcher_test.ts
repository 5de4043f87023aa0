import { assert, assertEquals } from "../lib/assert.ts";
import { systemClock } from "../lib/clock.ts";
import { decode, decodeBytes, encodeBytes } from "../protocol/codec/codec.ts";
import { Reader } from "../protocol/codec/reader.ts";
import { ErrorCode } from "../protocol/errors.ts";
import { ApiVersions, ApiVersionsResponse } from "../protocol/messages/18_api_versions.ts";
import { Fetch } from "../protocol/messages/01_fetch.ts";
import { ListOffsets } from "../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { InitProducerId } from "../protocol/messages/22_init_producer_id.ts";
import { DescribeLogDirs } from "../protocol/messages/35_describe_log_dirs.ts";
import { DescribeCluster } from "../protocol/messages/60_describe_cluster.ts";
import type {
  Api,
  Decoded,
  Draft,
  Field,
  Fields,
  Message,
  Struct,
} from "../protocol/schema/schema.ts";
import { hasVersion, parseVersions } from "../protocol/schema/versions.ts";
import { API_TABLE, type ApiEntry } from "./api_table.ts";
import { makeProcessor } from "./dispatcher.ts";
import { Client, CloseConnectionError, type Outcome } from "./network/connection.ts";
import type { Services } from "./services.ts";
import { LogRecorder } from "./testing/log_recorder.ts";
import { TestBroker } from "./testing/test_broker.ts";
import { WireClient } from "./testing/wire_client.ts";

/** A request header of version 0: key, version, correlation id, and what follows. */
function rawRequest(key: number, version: number, correlationId: number, rest = 0): Uint8Array {
  const bytes = new Uint8Array(8 + rest);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, key);
  view.setInt16(2, version);
  view.setInt32(4, correlationId);
  return bytes;
}

function ranges({ apiKeys }: Decoded<typeof ApiVersionsResponse>): number[][] {
  return apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, minVersion, maxVersion]);
}

const client = new Client("127.0.0.1", 1, "PLAINTEXT", "broker");

/** Services in which everything that a handler touches fails. */
function brokenServices(logger: LogRecorder, error: unknown): Services {
  const here: Record<string, unknown> = { logger, clock: systemClock };
  return new Proxy({} as Services, {
    get(_target, name) {
      if (String(name) in here) return here[String(name)];
      throw error;
    },
  });
}

/** Handles a request without a network. */
async function handle<Q extends Fields, S extends Fields>(
  services: Services,
  api: Api<Q, S>,
  version: number,
  body: Draft<Message<Q>>,
): Promise<{ outcome: Outcome; answer: Decoded<Message<S>> }> {
  const encoder = WireClient.prototype.encode.bind({ correlationId: 0, clientId: "c" });
  const frame = (encoder as WireClient["encode"])(api, version, body);
  const outcome = await makeProcessor(services)(frame, 0, frame.length, client);
  return { outcome, answer: outcome?.body as unknown as Decoded<Message<S>> };
}

/**
 * A request with so many elements in every array. Small integers are 1, since 0 is no type of a
 * resource and no kind of a pattern; other scalars have their defaults.
 */
function sample({ fields }: Struct, version: number, elements: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { kind, versions, element, struct }] of Object.entries(fields)) {
    if (!hasVersion(parseVersions(versions), version)) continue;
    if (kind === "int8") values[name] = 1;
    if (kind === "array") values[name] = Array(elements).fill(sampleElement(element!, version));
    if (kind === "struct") values[name] = sample(struct!, version, elements);
    if (kind === "records") values[name] = new Uint8Array(0);
  }
  return values;
}

function sampleElement({ kind, struct }: Field, version: number): unknown {
  if (kind === "struct") return sample(struct!, version, 1);
  return kind === "string" ? "name" : 1;
}

/** All values of `errorCode`, at any depth. */
function errorCodesIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(errorCodesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    name === "errorCode" ? [field] : errorCodesIn(field)
  );
}

Deno.test("dispatcher: ApiVersions in an unknown version is answered in version 0 with error 35", async () => {
  await using broker = await TestBroker.start();
  for (const version of [5, 99, 32767, -1]) {
    const wire = await broker.connect();
    // What follows the version may have any form: it is not looked at.
    await wire.sendFrame(rawRequest(18, version, 4711, 20));
    const reader = new Reader((await wire.receiveFrame())!);
    assertEquals(reader.int32(), 4711);
    const answer = decode(ApiVersionsResponse, 0, reader);
    assertEquals(reader.remaining, 0);
    assertEquals(answer.errorCode, ErrorCode.UNSUPPORTED_VERSION);
    assertEquals(ranges(answer), [[18, 0, 4]]);
    // The client goes on with what it has learned.
    const known = await wire.request(ApiVersions, 4, {
      clientSoftwareName: "test",
      clientSoftwareVersion: "1",
    });
    assertEquals(known.errorCode, ErrorCode.NONE);
  }
});

Deno.test("dispatcher: ApiVersions lists exactly what is handled, and Produce from 0 for old clients", async () => {
  await using broker = await TestBroker.start();
  const wire = await broker.connect();
  const told = ranges(await wire.request(ApiVersions, 0, {}));
  const lowest = ({ api, min }: ApiEntry) => api.key === Produce.key ? 0 : min;
  assertEquals(told, API_TABLE.map((entry) => [entry.api.key, lowest(entry), entry.max]));
  assertEquals(told, told.toSorted(([a], [b]) => a - b));
});

Deno.test("dispatcher: what is not an API or not a version of it ends that connection only", async () => {
  await using broker = await TestBroker.start();
  const bystander = await broker.connect();
  const cases: [name: string, frame: Uint8Array][] = [
    ["an unknown API", rawRequest(9999, 0, 1)],
    ["a negative API", rawRequest(-1, 0, 1)],
    ["an API of the controller", rawRequest(62, 0, 1)],
    ["a version above", rawRequest(Metadata.key, 14, 1)],
    ["a version below", rawRequest(Produce.key, 2, 1)],
    ["no header", new Uint8Array(7)],
    ["nothing", new Uint8Array(0)],
    ["a header that ends early", rawRequest(Metadata.key, 9, 1)],
    ["a body that ends early", rawRequest(Metadata.key, 9, 1, 3)],
  ];
  for (const [name, frame] of cases) {
    const wire = await broker.connect();
    await wire.sendFrame(frame);
    assert(await wire.isClosed(), name);
  }
  assertEquals(broker.logger.closeReasons.length, cases.length);
  for (const { fields } of broker.logger.of("connection closed")) {
    assert(String(fields.reason).length > 0);
    assertEquals(fields.listener, "PLAINTEXT");
  }
  const { brokers } = await bystander.request(Metadata, 12, { topics: [] });
  assertEquals(brokers.length, 1);
});

Deno.test("dispatcher: what fails unexpectedly is UNKNOWN_SERVER_ERROR in the form of its API", async () => {
  const logger = new LogRecorder();
  const services = brokenServices(logger, new TypeError("boom"));
  const unknown = ErrorCode.UNKNOWN_SERVER_ERROR;

  const metadata = await handle(services, Metadata, 9, { topics: [{ name: "a" }, { name: "b" }] });
  assertEquals(metadata.answer.topics.map(({ name, errorCode }) => [name, errorCode]), [
    ["a", unknown],
    ["b", unknown],
  ]);
  const cluster = await handle(services, DescribeCluster, 1, {});
  assertEquals(cluster.answer.errorCode, unknown);
  const producer = await handle(services, InitProducerId, 4, { transactionalId: null });
  assertEquals(producer.answer.errorCode, unknown);
  const topics = [{ topic: "t", partitions: [{ partition: 3 }] }];
  const fetched = await handle(services, Fetch, 12, { topics });
  assertEquals(fetched.answer.responses[0].partitions[0].errorCode, unknown);

  const lines = logger.of("request failed unexpectedly");
  assertEquals(lines.map(({ level, fields }) => [level, fields.api, fields.version]), [
    ["error", "Metadata", 9],
    ["error", "DescribeCluster", 1],
    ["error", "InitProducerId", 4],
    ["error", "Fetch", 12],
  ]);
  assert(lines.every(({ fields }) => String(fields.error).includes("boom")));
});

Deno.test("dispatcher: every API answers a failure in every version that it handles", async () => {
  const logger = new LogRecorder();
  const services = brokenServices(logger, new Error("boom"));
  for (const { api, min, max } of API_TABLE) {
    for (let version = min; version <= max; version++) {
      const { outcome } = await handle(services, api, version, {
        ...sample(api.request, version, 1),
        ...(api.key === Produce.key ? { acks: 1 } : {}),
      });
      const { message, body } = outcome!;
      const answer = decodeBytes(message, version, encodeBytes(message, version, body));
      const codes = errorCodesIn(answer);
      const where = `${api.name} version ${version}: ${JSON.stringify(answer)}`;
      const isTold = codes.some((code) => code !== ErrorCode.NONE);
      const hasNoField = api.key === DescribeLogDirs.key && version < 3;
      assertEquals(isTold, !hasNoField, where);
    }
  }
});

Deno.test("dispatcher: every API answers a request in every version that it handles", async () => {
  await using broker = await TestBroker.start();
  const wire = await broker.connect();
  for (const { api, min, max } of API_TABLE) {
    for (let version = min; version <= max; version++) {
      for (const elements of [0, 1, 2]) {
        const request = sample(api.request, version, elements);
        const body = api.key === Produce.key ? { ...request, acks: 1 } : request;
        await wire.request(api, version, body);
      }
    }
  }
  assertEquals(broker.logger.lines.filter(({ level }) => level === "error"), []);
});

Deno.test("dispatcher: an error that is thrown on purpose is not one of the log", async () => {
  const logger = new LogRecorder();
  const services = brokenServices(logger, new Error("boom"));
  const { answer } = await handle(services, InitProducerId, 4, { transactionalId: "" });
  assertEquals(answer.errorCode, ErrorCode.INVALID_REQUEST);
  assertEquals(logger.lines, []);
});

Deno.test("dispatcher: a failed Produce with acks=0 can only be told by closing the connection", async () => {
  const services = brokenServices(new LogRecorder(), new Error("boom"));
  const topicData = [{ name: "t", partitionData: [{ index: 0, records: new Uint8Array(0) }] }];
  const outcome = await handle(services, Produce, 9, { acks: 0, topicData })
    .then(() => null, (error) => error);
  assert(outcome instanceof CloseConnectionError);
});

Deno.test("dispatcher: a request that is pipelined behind a slow one is answered after it", async () => {
  await using broker = await TestBroker.start();
  const wire = await broker.connect();
  const first = await wire.send(ApiVersions, 0, {});
  const second = await wire.send(ListOffsets, 7, { replicaId: -1, topics: [] });
  const third = await wire.send(Metadata, 12, { topics: [] });
  assertEquals((await wire.receive(ApiVersions, 0)).correlationId, first);
  assertEquals((await wire.receive(ListOffsets, 7)).correlationId, second);
  assertEquals((await wire.receive(Metadata, 12)).correlationId, third);
});
