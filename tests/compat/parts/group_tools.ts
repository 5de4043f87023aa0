/** The tools about groups, given to both brokers after the same history. */
import { javaCommand } from "../nodes.ts";
import type { Pair } from "../pair.ts";
import type { Report } from "../report.ts";
import { RunningProgram } from "../running_program.ts";
import { GROUP_COMMANDS, GROUP_FILES } from "./group_commands.ts";
import { writeGroupTopics } from "./group_topics.ts";
import { HELD_MS, HeldGroups } from "./held_groups.ts";
import {
  EMPTIED_COMMANDS,
  HOLDING_MEMBERS,
  MEMBER_COMMANDS,
  MEMBER_CONFIGS,
} from "./member_commands.ts";
import { commandFile, type ToolPair } from "./tool_pair.ts";

export const GROUP_PAIR_CONFIG = {
  // Members of the new protocol hear of changes only when they send their next heartbeat.
  "group.consumer.heartbeat.interval.ms": "500",
  "group.consumer.min.heartbeat.interval.ms": "500",
  // Some members send none while commands look at them.
  "group.consumer.session.timeout.ms": String(HELD_MS),
  "group.consumer.max.session.timeout.ms": String(HELD_MS),
  // Whoever joins is assigned partitions at once, but for one group that has a config of its own.
  "group.consumer.assignment.interval.ms": "0",
  "group.consumer.max.assignment.interval.ms": String(HELD_MS),
};

const HEAP_MIB = 512;

/** How long all members may take to join, one after the other, in milliseconds; each may take less. */
const JOINING_TIMEOUT_MS = 180_000;

export async function groupTools(
  pair: Pair,
  both: ToolPair,
  report: Report,
): Promise<void> {
  for (const [name, content] of Object.entries(GROUP_FILES)) {
    await Deno.writeTextFile(commandFile(name), content);
  }
  await report.checkInOrder({
    "both have records for groups": async () => {
      for (const { bootstrap } of [pair.kafka, pair.takhin]) await writeGroupTopics(bootstrap);
      await both.compareAll([...GROUP_COMMANDS, ...MEMBER_CONFIGS]);
    },
    "members hold their partitions of both, and leave": async () => {
      await using members = await Members.on(pair);
      await both.compareAll(MEMBER_COMMANDS);
      await members.leave();
      await both.compareAll(EMPTIED_COMMANDS);
    },
  });
}

/** Members of Kafka's own client, which do all that members should, and others, which do not. */
class Members implements AsyncDisposable {
  private constructor(
    private readonly java: RunningProgram,
    private readonly held: readonly HeldGroups[],
  ) {}

  static async on({ kafka, takhin }: Pair): Promise<Members> {
    const bootstraps = [kafka.bootstrap, takhin.bootstrap];
    const java = await RunningProgram.start(
      "HoldingMembers",
      commandFile("members.log"),
      [
        ...javaCommand(HEAP_MIB, "warn"),
        "HoldingMembers",
        bootstraps.join(","),
        ...HOLDING_MEMBERS,
      ],
      /^all members hold/,
      JOINING_TIMEOUT_MS,
    );
    try {
      const held: HeldGroups[] = [];
      for (const bootstrap of bootstraps) held.push(await HeldGroups.on(bootstrap));
      return new Members(java, held);
    } catch (error) {
      await java.kill();
      throw error;
    }
  }

  /** All leave. */
  async leave(): Promise<void> {
    for (const each of this.held) await each.leave();
    await this.java.stop();
    await this.java.says(/^all members have left$/);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.java.kill();
  }
}
