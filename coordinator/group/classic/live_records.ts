/**
 * Which group wrote a record.
 *
 * A classic group has changed by the time it is recorded, and is more than its record says: members
 * wait, timers run. So replaying the record that a group wrote puts this very group where it belongs;
 * only while a log is loaded are groups made from records. A record that is refused leaves the store
 * as it was.
 */
import type { ClassicGroup } from "./classic_group.ts";
import {
  type GroupMetadataRecord,
  groupRecord,
  groupRecordAsIs,
  newGroupRecord,
} from "./group_record.ts";

export class LiveRecords {
  private readonly writers = new WeakMap<GroupMetadataRecord, ClassicGroup>();

  /** The group with these assignments; with those it has where none are given. */
  of(group: ClassicGroup, assignments?: ReadonlyMap<string, Uint8Array>): GroupMetadataRecord {
    return this.writtenBy(
      group,
      assignments === undefined ? groupRecordAsIs(group) : groupRecord(group, assignments),
    );
  }

  /** A group that is only just being made. */
  ofNew(group: ClassicGroup): GroupMetadataRecord {
    return this.writtenBy(group, newGroupRecord(group));
  }

  private writtenBy(group: ClassicGroup, record: GroupMetadataRecord): GroupMetadataRecord {
    this.writers.set(record, group);
    return record;
  }

  /** The group that wrote the record; undefined for one that was read. */
  writerOf(record: GroupMetadataRecord): ClassicGroup | undefined {
    return this.writers.get(record);
  }
}
