/**
 * What happens to a group: three members join one after the other, one leaves and another joins, one
 * is killed and replaced, the broker is restarted in order and is killed, all while records come in;
 * then everything is consumed and committed.
 */
import type { KafkaTools } from "../kafka_tools.ts";
import { makeSite, type NodeSite, type RunningNode } from "../nodes.ts";
import { messageOf } from "../processes.ts";
import { CheckError, requireTrue } from "../report.ts";
import type { Offsets } from "./events.ts";
import { Feed } from "./feed.ts";
import { Group } from "./group.ts";
import { type History, justAfter, justBefore, passed, type Phase } from "./history.ts";
import type { ClientKind } from "./kinds.ts";
import type { Member } from "./member.ts";
import { endOffsets, fetchCommitted, requireAllCommitted } from "./offsets.ts";

const TOPIC = "work";
const PARTITIONS = 12;
const RECORDS = 200_000;

/**
 * In the new protocol the broker decides how soon members are missed and how often they are heard
 * of; here it is as soon as the members of the classic protocol ask for. A broker that was killed
 * may come back as soon as the controller misses it, which is to be sooner than members are missed.
 */
const CONFIG = {
  "broker.session.timeout.ms": "2000",
  "broker.heartbeat.interval.ms": "500",
  "group.consumer.min.session.timeout.ms": "6000",
  "group.consumer.session.timeout.ms": "6000",
  "group.consumer.min.heartbeat.interval.ms": "500",
  "group.consumer.heartbeat.interval.ms": "500",
};

/** How long the broker is asked for what members do not tell, and how often, in milliseconds. */
const ASK_MS_MAX = 60_000;
const ASK_MS = 100;

export interface ScenarioOptions {
  readonly kind: ClientKind;
  readonly start: (site: NodeSite) => Promise<RunningNode>;
  /** An empty folder for the broker's data and the logs of all. */
  readonly folder: string;
  readonly tools: KafkaTools;
}

export interface Outcome {
  readonly history: History;
  /** What kafka-consumer-groups says in the end. */
  readonly committed: string;
}

/** Runs it. Throws `CheckError` or `ProgramError` that names the phase in which something failed. */
export async function runScenario(
  { kind, start, folder, tools }: ScenarioOptions,
): Promise<Outcome> {
  await using started = new AsyncDisposableStack();
  const site = await makeSite(folder, CONFIG);
  let node = await start(site);
  started.defer(() => node.kill());
  const { bootstrap } = node;
  const groupId = `group-of-${kind.name.replaceAll(" ", "-")}`;
  await createTopic(node, tools);
  const group = started.use(
    new Group({ kind, bootstrap, group: groupId, topic: TOPIC, partitions: PARTITIONS, folder }),
  );
  const feed = started.use(Feed.start(bootstrap, TOPIC, RECORDS));

  const phases: Phase[] = [];
  const phase = async (
    name: string,
    fault: Phase["fault"],
    act: (from: number) => Promise<void>,
  ): Promise<void> => {
    const from = phases.at(-1)?.to ?? justAfter();
    try {
      await act(from);
    } catch (error) {
      throw new CheckError(`${name}: ${messageOf(error)}`, { cause: error });
    }
    const to = justAfter();
    phases.push({ name, fault, from, to });
    await passed(to);
  };
  const fetch = async () => {
    const at = justBefore();
    group.events.push({ what: "fetched", at, offsets: await fetchCommitted(node, groupId) });
  };

  const members: Member[] = [];
  const joins = (number: number) =>
    phase(`${number} joins`, "none", async (from) => {
      members[number] = group.join();
      await group.settle(from);
    });
  for (const number of [1, 2, 3]) await joins(number);
  await phase("1 leaves", "none", async (from) => {
    if (kind.commitsByItself) {
      feed.pause(true);
      await runDry(group, () => endOffsets(node, tools, TOPIC));
    }
    await group.leave(members[1]);
    feed.pause(false);
    await group.settle(from);
  });
  await joins(4);
  await phase("2 is killed, 5 joins", "member", async (from) => {
    // It dies with something that is consumed and not committed.
    const { [2]: victim } = members;
    await group.until("member 2 consumes", () => victim.consumedAt > victim.committedAt);
    await group.kill(victim);
    await fetch();
    members[5] = group.join();
    await group.settle(from);
  });
  const restarts = (name: string, end: () => Promise<void>) =>
    phase(name, "broker", async () => {
      await fetch();
      await end();
      node = await start(site);
      await group.settle(justAfter());
      if (kind.commitsByItself) await answered(node, groupId, new Map(group.consumed));
      await fetch();
    });
  await restarts("the broker is restarted", () => node.stop());
  await restarts("the broker is killed", () => node.kill());

  let ends: Offsets = new Map();
  // A member that the broker could not hear in time may find out only now.
  await phase("the rest is consumed", "broker", async () => {
    await feed.finish();
    ends = await endOffsets(node, tools, TOPIC);
    await (kind.commitsByItself ? answered(node, groupId, ends) : told(group, ends));
    await group.dissolve();
  });
  const committed = await requireAllCommitted(node, tools, groupId, ends);
  await node.stop();
  const { events } = group;
  return {
    history: { partitions: PARTITIONS, records: RECORDS, events, phases, endOffsets: ends },
    committed,
  };
}

async function createTopic({ bootstrap }: RunningNode, tools: KafkaTools): Promise<void> {
  const shape = ["--topic", TOPIC, "--partitions", String(PARTITIONS)];
  await tools.mustRun("kafka-topics", ["--bootstrap-server", bootstrap, "--create", ...shape]);
}

const isReached = (offsets: Offsets, ends: Offsets) =>
  [...ends].every(([partition, end]) => (offsets.get(partition) ?? 0) >= end);

function told(group: Group, ends: Offsets): Promise<void> {
  return group.until("everything is committed", () => isReached(group.committed, ends));
}

/** Waits until a group has consumed all that there is, and no more comes. */
async function runDry(group: Group, ask: () => Promise<Offsets>): Promise<void> {
  let ends = await ask();
  for (let isDry = false; !isDry;) {
    await group.until("everything is consumed", () => isReached(group.consumed, ends));
    const known = ends;
    ends = await ask();
    isDry = isReached(known, ends);
  }
}

/** For members that do not tell what they commit: the broker is asked. */
async function answered(node: RunningNode, group: string, ends: Offsets): Promise<void> {
  for (let waited = 0;; waited += ASK_MS) {
    const offsets = await fetchCommitted(node, group);
    const missing = [...ends].find(([partition, end]) => (offsets.get(partition) ?? 0) < end);
    if (missing === undefined) return;
    const [partition, end] = missing;
    requireTrue(
      waited < ASK_MS_MAX,
      `partition ${partition} is committed up to offset ${offsets.get(partition)} and not ${end} ` +
        `after ${ASK_MS_MAX} ms`,
    );
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}
