/** APIs 0 and 22: what is accepted into a log, and how everything else is refused. */
import { Produce } from "../../../../protocol/messages/00_produce.ts";
import { Fetch } from "../../../../protocol/messages/01_fetch.ts";
import { ListOffsets } from "../../../../protocol/messages/02_list_offsets.ts";
import { InitProducerId } from "../../../../protocol/messages/22_init_producer_id.ts";
import { BASE_TIME, join, RECORD_SETS, someBatch } from "../batches.ts";
import { type Target, UNKNOWN_ID, versionsOf } from "../target.ts";
import { createTopic, deleteTopics } from "../topics_setup.ts";

/** Versions in which every record set is tried: the codecs' and the errors' borders. */
const VERSIONS = [3, 6, 7, 8, 9, 12, 13];

const PRODUCER_ID_ATTEMPTS_MAX = 200;
const PRODUCER_ID_PAUSE_MS = 25;

interface Part {
  index: number;
  records: Uint8Array | null;
}

class Asker {
  private readonly ids = new Map<string, string>();

  constructor(readonly target: Target) {}

  async create(name: string, configs: Record<string, string> = {}, partitions = 1): Promise<void> {
    await createTopic(this.target, name, { partitions, configs });
    this.ids.set(name, await this.target.topicId(name));
  }

  topic(version: number, name: string, partitionData: Part[]): object {
    return version < 13
      ? { name, partitionData }
      : { topicId: this.ids.get(name) ?? UNKNOWN_ID, partitionData };
  }

  ask(label: string, version: number, topicData: object[], rest: object = {}) {
    const body = { acks: -1, timeoutMs: 10_000, topicData, ...rest };
    return this.target.ask(label, Produce, version, body);
  }

  async into(label: string, versions: readonly number[], name: string, records: Part["records"]) {
    for (const version of versions) {
      await this.ask(`${label} into ${name}`, version, [
        this.topic(version, name, [{ index: 0, records }]),
      ]);
    }
  }
}

export async function askProduce(target: Target): Promise<void> {
  const asker = new Asker(target);
  const topics: [string, Record<string, string>][] = [
    ["produce-plain", {}],
    ["produce-compact", { "cleanup.policy": "compact" }],
    ["produce-appendtime", { "message.timestamp.type": "LogAppendTime" }],
    ["produce-gzip", { "compression.type": "gzip" }],
    ["produce-uncompressed", { "compression.type": "uncompressed" }],
    ["produce-strict", {
      "message.timestamp.before.max.ms": "3600000",
      "message.timestamp.after.max.ms": "3600000",
    }],
  ];
  for (const [name, configs] of topics) await asker.create(name, configs);
  for (const [label, records] of Object.entries(RECORD_SETS)) {
    await asker.into(label, VERSIONS, "produce-plain", records);
    for (const [name] of topics.slice(1)) await asker.into(label, [9], name, records);
  }
  for (const [name] of topics) await askLog(asker, name);
  await askRequests(asker);
  await askSizes(asker);
  await askSequences(asker);
  await askInitProducerId(target);
  await deleteTopics(target, topics.map(([name]) => name));
}

/** What the log holds after all that. */
async function askLog({ target }: Asker, name: string): Promise<void> {
  for (const timestamp of [-1, -2, -3, -4, -5, 0, BASE_TIME, BASE_TIME + 2]) {
    const partitions = [{ partitionIndex: 0, timestamp }];
    await target.ask(`of ${name} at ${timestamp}`, ListOffsets, 9, {
      replicaId: -1,
      topics: [{ name, partitions }],
    });
  }
  await target.ask(`all of ${name}`, Fetch, 12, {
    maxWaitMs: 0,
    minBytes: 0,
    topics: [{
      topic: name,
      partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e7 }],
    }],
  });
}

async function askRequests(asker: Asker): Promise<void> {
  await asker.create("produce-two", {}, 2);
  const records = someBatch(2);
  for (const version of versionsOf(Produce)) {
    const topic = (name: string, ...parts: number[]) =>
      asker.topic(version, name, parts.map((index) => ({ index, records })));
    const ask = (label: string, topics: object[], rest: object = {}) =>
      asker.ask(label, version, topics, rest);
    await ask("no topics", []);
    await ask("no partitions", [topic("produce-two")]);
    await ask("two partitions", [topic("produce-two", 0, 1)]);
    await ask("partition twice", [topic("produce-two", 0, 0)]);
    await ask("topic twice", [topic("produce-two", 0), topic("produce-two", 1)]);
    await ask("partition 2", [topic("produce-two", 2)]);
    await ask("partition -1", [topic("produce-two", -1)]);
    await ask("unknown topic", [topic("produce-none", 0)]);
    await ask("known and unknown", [topic("produce-two", 0, 7), topic("produce-none", 0)]);
    await ask("impossible name", [topic("a b", 0)]);
    await ask("empty name", [topic("", 0)]);
    for (const acks of [1, 2, -2, 100]) {
      await ask(`acks ${acks}`, [topic("produce-two", 0)], { acks });
    }
    for (const timeoutMs of [0, -1, 1]) {
      await ask(`timeout ${timeoutMs}`, [topic("produce-two", 0)], { timeoutMs });
    }
    await ask("good and broken", [asker.topic(version, "produce-two", [
      { index: 0, records },
      { index: 1, records: RECORD_SETS["checksum wrong"] },
    ])]);
    await ask("metadata topic", [topic("__cluster_metadata", 0)]);
    await ask("transactional id, plain batch", [topic("produce-two", 0)], {
      transactionalId: "produce-tx",
    });
    await ask("empty transactional id", [topic("produce-two", 0)], { transactionalId: "" });
  }
  await deleteTopics(asker.target, ["produce-two"]);
}

async function askSizes(asker: Asker): Promise<void> {
  await asker.create("produce-small", { "max.message.bytes": "500" });
  await asker.create("produce-segment", {
    "segment.bytes": "1048576",
    "max.message.bytes": "5000000",
  });
  for (const version of VERSIONS) {
    const ask = (label: string, name: string, records: Uint8Array) =>
      asker.ask(label, version, [asker.topic(version, name, [{ index: 0, records }])]);
    await ask("small", "produce-small", someBatch(2));
    await ask("above the limit", "produce-small", someBatch(10));
    await ask("second above the limit", "produce-small", join(someBatch(1), someBatch(10)));
    await ask("compressed below the limit", "produce-small", someBatch(20, { compression: 4 }));
  }
  const large = someBatch(20_000);
  await asker.into("larger than a segment", [9], "produce-segment", large);
  for (const name of ["produce-small", "produce-segment"]) await askLog(asker, name);
  await deleteTopics(asker.target, ["produce-small", "produce-segment"]);
}

async function askSequences(asker: Asker): Promise<void> {
  for (const version of [3, 8, 9, 13]) {
    const name = `produce-sequence-${version}`;
    await asker.create(name);
    const ask = (
      label: string,
      producerId: number,
      producerEpoch: number,
      baseSequence: number,
      count = 2,
    ) =>
      asker.ask(`sequences: ${label}`, version, [
        asker.topic(version, name, [{
          index: 0,
          records: someBatch(count, { producerId, producerEpoch, baseSequence }),
        }]),
      ]);
    await ask("first of a producer", 5000, 0, 0);
    await ask("next", 5000, 0, 2);
    await ask("duplicate", 5000, 0, 2);
    await ask("older duplicate", 5000, 0, 0);
    await ask("gap", 5000, 0, 7);
    await ask("overlap", 5000, 0, 3);
    await ask("duplicate of another size", 5000, 0, 2, 1);
    for (let i = 0; i < 6; i++) await ask(`more ${i}`, 5000, 0, 4 + 2 * i);
    await ask("duplicate out of the window", 5000, 0, 0);
    await ask("fifth duplicate", 5000, 0, 6);
    await ask("new epoch", 5000, 1, 0);
    await ask("old epoch", 5000, 0, 16);
    await ask("newer epoch, not from 0", 5000, 2, 5);
    await ask("epoch after that", 5000, 2, 0);
    await ask("unknown producer, not from 0", 5001, 0, 5);
    await ask("unknown producer, next", 5001, 0, 7);
    await ask("unknown producer, epoch 3", 5002, 3, 0);
    await ask("largest sequence", 5003, 0, 2147483646);
    await ask("wrapped", 5003, 0, 0);
    await ask("negative sequence", 5004, 0, -2);
    await askLog(asker, name);
    await deleteTopics(asker.target, [name]);
  }
}

/** Kafka answers COORDINATOR_LOAD_IN_PROGRESS until it has its first block of producer ids. */
export async function untilProducerIds(target: Target): Promise<void> {
  const body = { transactionalId: null, transactionTimeoutMs: 60_000 };
  for (let attempt = 0; attempt < PRODUCER_ID_ATTEMPTS_MAX; attempt++) {
    if ((await target.get(InitProducerId, 4, body)).errorCode === 0) return;
    await new Promise((resolve) => setTimeout(resolve, PRODUCER_ID_PAUSE_MS));
  }
  throw new Error(`${target.name} gives no producer ids`);
}

async function askInitProducerId(target: Target): Promise<void> {
  await untilProducerIds(target);
  await target.every("plain", InitProducerId, {
    transactionalId: null,
    transactionTimeoutMs: 60_000,
  });
  for (const transactionTimeoutMs of [0, -1, 2147483647]) {
    await target.every(`timeout ${transactionTimeoutMs}`, InitProducerId, {
      transactionalId: null,
      transactionTimeoutMs,
    });
  }
  await target.every("empty id", InitProducerId, {
    transactionalId: "",
    transactionTimeoutMs: 60_000,
  });
  const given: [number, number][] = [[4000, 0], [4000, -1], [-1, 5], [-2, 0], [4000, 32767], [
    1e9,
    3,
  ]];
  for (const [producerId, producerEpoch] of given) {
    await target.every(
      `given ${producerId} ${producerEpoch}`,
      InitProducerId,
      (version) =>
        version < 3
          ? null
          : { transactionalId: null, transactionTimeoutMs: 60_000, producerId, producerEpoch },
    );
  }
}
