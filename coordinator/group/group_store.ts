/** The groups of one shard, by id. */
import { KafkaError } from "../../protocol/errors.ts";
import type { ShardContext } from "../runtime/shard.ts";
import type { GroupRecord } from "../../protocol/group_records/mod.ts";
import type { Group } from "./group.ts";
import type { GroupSettings } from "./group_settings.ts";

export class GroupStore {
  private readonly groups = new Map<string, Group>();

  get size(): number {
    return this.groups.size;
  }

  get all(): IterableIterator<Group> {
    return this.groups.values();
  }

  find(groupId: string): Group | undefined {
    return this.groups.get(groupId);
  }

  /** The group. Throws GROUP_ID_NOT_FOUND. */
  require(groupId: string): Group {
    const group = this.groups.get(groupId);
    if (group === undefined) {
      throw new KafkaError("GROUP_ID_NOT_FOUND", `Group ${groupId} not found.`);
    }
    return group;
  }

  set(group: Group): void {
    this.groups.set(group.groupId, group);
  }

  remove(groupId: string): void {
    this.groups.delete(groupId);
  }
}

/** What the parts of a shard share. */
export interface GroupEnvironment {
  readonly context: ShardContext<GroupRecord>;
  readonly settings: GroupSettings;
  readonly groups: GroupStore;
}
