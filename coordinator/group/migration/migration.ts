/**
 * Groups with members of both protocols (KIP-848): a classic group becomes a consumer group when the
 * first consumer joins it, and a classic one again when the last one is gone, as far as
 * `group.consumer.migration.policy` lets it.
 */
import type { ClassicGroups } from "../classic/classic_groups.ts";
import type { ConsumerGroups } from "../consumer/consumer_groups.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { ClassicJoins } from "./classic_joins.ts";
import { ClassicMembers } from "./classic_members.ts";
import { Downgrades } from "./downgrade.ts";
import { Upgrades } from "./upgrade.ts";

/** Lets the groups of one shard turn from one protocol to the other while they have members. */
export function connectProtocols(
  environment: GroupEnvironment,
  classic: ClassicGroups,
  consumer: ConsumerGroups,
): void {
  const upgrades = new Upgrades(environment, consumer);
  const downgrades = new Downgrades(environment, classic);
  const joins = new ClassicJoins(environment, consumer, downgrades);
  classic.consumerGroups = new ClassicMembers(environment, consumer.fencing, joins);
  consumer.migration = {
    upgrade: (group, records) => upgrades.upgrade(group, records),
    downgrade: (group, leaving) => downgrades.without(group, leaving),
  };
}
