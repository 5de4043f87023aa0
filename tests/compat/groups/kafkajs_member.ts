/**
 * A member of a group with kafkajs. What it prints and obeys is described in events.ts.
 *
 *     kafkajs_member.ts HOST:PORT GROUP TOPIC
 *
 * kafkajs tells of assignments by events. It works through all that it has fetched before it joins
 * again, and what is worked through is committed by then.
 */
import { type EachBatchPayload, Kafka, logLevel } from "kafkajs";

/** A commit follows so many records. */
const COMMIT_RECORDS = 200;

const [broker, groupId, topic] = Deno.args;
const encoder = new TextEncoder();
let lines = "";

function say(what: string, data: string | number = ""): void {
  lines += `${Date.now() * 1000} ${what} ${data}\n`;
}

function flush(): void {
  const bytes = encoder.encode(lines);
  lines = "";
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}

const kafka = new Kafka({
  brokers: [broker],
  logLevel: logLevel.ERROR,
  retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 100 },
});
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: 6000,
  heartbeatInterval: 500,
  maxWaitTimeInMs: 100,
});

/** By partition the offset of the next record. */
const uncommitted = new Map<number, number>();
let assignment: readonly number[] = [];
/** It has told that the assignment is its own. */
let isOwner = false;
let leaving = false;
/** The batch that is worked on. */
let working: Promise<void> = Promise.resolve();

function own(): void {
  if (!isOwner && assignment.length > 0) say("assigned", assignment.join(","));
  isOwner = true;
}

function giveUp(how: "revoked" | "lost"): void {
  if (isOwner && assignment.length > 0) say(how, assignment.join(","));
  isOwner = false;
  flush();
}

consumer.on(consumer.events.REBALANCING, () => giveUp("revoked"));
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  if (leaving) return;
  giveUp("lost"); // What is still there was not revoked.
  uncommitted.clear();
  assignment = payload.memberAssignment[topic] ?? [];
  own();
  flush();
});

/** Commits what is not yet. What cannot be committed is tried again with what follows. */
async function commit({ commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
  flush();
  const offsets = [...uncommitted];
  const partitions = offsets.map(([partition, offset]) => ({ partition, offset: String(offset) }));
  await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
  say("committed", offsets.map((each) => each.join(":")).join(","));
  uncommitted.clear();
  flush();
}

async function consume(payload: EachBatchPayload): Promise<void> {
  const { batch: { partition, messages }, resolveOffset, heartbeat } = payload;
  if (!leaving) own(); // Where it fails to join again it goes on with what it had.
  for (let at = 0; at < messages.length && !leaving; at += COMMIT_RECORDS) {
    for (const { offset, value } of messages.slice(at, at + COMMIT_RECORDS)) {
      say("record", `${partition} ${offset} ${value}`);
      uncommitted.set(partition, Number(offset) + 1);
      resolveOffset(offset);
    }
    await commit(payload);
    await heartbeat();
  }
}

say("started", Deno.pid);
flush();
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  eachBatch: (payload) => working = consume(payload),
});
await Deno.stdin.read(new Uint8Array(64)); // A line or, where nobody is left to give one, the end.
leaving = true;
await working.catch(() => {}); // The library has been told.
giveUp("revoked");
await consumer.disconnect();
say("left");
flush();
Deno.exit(0);
