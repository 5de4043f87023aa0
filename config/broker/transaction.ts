/** Broker keys of transactions and of producer ids. */
import { boolean, type ConfigKeys, int, short, UNUSED } from "../define.ts";

export const TRANSACTION_CONFIGS = {
  "producer.id.expiration.ms": int(86_400_000, {
    doc:
      "Time without writes after which a partition forgets a producer id, in milliseconds; never " +
      "during a transaction.",
    min: 1,
    update: "cluster-wide",
  }),
  "producer.id.expiration.check.interval.ms": int(600_000, {
    doc: "Time between two searches for producer ids to forget, in milliseconds.",
    min: 1,
    internal: true,
  }),
  "transactional.id.expiration.ms": int(604_800_000, {
    doc: "Time without use after which a transactional id is forgotten, in milliseconds; never " +
      "during a transaction.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.max.timeout.ms": int(900_000, {
    doc: "Longest transaction timeout a producer may ask for, in milliseconds.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": int(10_000, {
    doc: "Time between two searches for transactions to abort, in milliseconds.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.remove.expired.transaction.cleanup.interval.ms": int(3_600_000, {
    doc: "Time between two searches for transactional ids to forget, in milliseconds.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.partition.verification.enable": boolean(true, {
    doc: "Whether a transactional write is refused where its partition is not part of the " +
      "transaction.",
    update: "cluster-wide",
    unused: UNUSED.transactions,
  }),
  "transaction.two.phase.commit.enable": boolean(false, {
    doc: "Whether producers may keep a prepared transaction open for an outside coordinator.",
    unused: UNUSED.transactions,
  }),
  "add.partitions.to.txn.retry.backoff.ms": int(20, {
    doc: "Pause before the broker repeats adding a partition to a transaction, in milliseconds.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "add.partitions.to.txn.retry.backoff.max.ms": int(100, {
    doc: "Longest time the broker spends on adding a partition to a transaction, in milliseconds.",
    min: 0,
    unused: UNUSED.transactions,
  }),
  "transaction.state.log.num.partitions": int(50, {
    doc: "Partitions of __transaction_state; not to be changed once the topic exists.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.state.log.replication.factor": short(3, {
    doc:
      "Replicas of __transaction_state; the topic is created only when there are as many brokers.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.state.log.min.isr": int(2, {
    doc: "In-sync replicas that __transaction_state needs for writes.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.state.log.segment.bytes": int(104_857_600, {
    doc: "Segment size of __transaction_state, in bytes. Small segments are compacted and loaded " +
      "sooner.",
    min: 1,
    unused: UNUSED.transactions,
  }),
  "transaction.state.log.load.buffer.size": int(5_242_880, {
    doc: "Bytes read at a time while the coordinator loads transactions; a larger batch is read " +
      "whole.",
    min: 1,
    unused: UNUSED.transactions,
  }),
} as const satisfies ConfigKeys;
