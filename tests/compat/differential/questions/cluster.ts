/** What one node says about its cluster, its leaders and what it may do: the small APIs. */
import { ErrorCode } from "../../../../protocol/errors.ts";
import { FindCoordinator } from "../../../../protocol/messages/10_find_coordinator.ts";
import { DescribeAcls } from "../../../../protocol/messages/29_describe_acls.ts";
import { CreateAcls } from "../../../../protocol/messages/30_create_acls.ts";
import { DeleteAcls } from "../../../../protocol/messages/31_delete_acls.ts";
import { ElectLeaders } from "../../../../protocol/messages/43_elect_leaders.ts";
import { AlterPartitionReassignments } from "../../../../protocol/messages/45_alter_partition_reassignments.ts";
import { ListPartitionReassignments } from "../../../../protocol/messages/46_list_partition_reassignments.ts";
import { DescribeQuorum } from "../../../../protocol/messages/55_describe_quorum.ts";
import { DescribeCluster } from "../../../../protocol/messages/60_describe_cluster.ts";
import { UnregisterBroker } from "../../../../protocol/messages/64_unregister_broker.ts";
import type { Target } from "../target.ts";
import { createTopic, deleteTopics } from "../topics_setup.ts";

const COORDINATOR_ATTEMPTS_MAX = 100;
const COORDINATOR_PAUSE_MS = 30;

export async function askCluster(target: Target): Promise<void> {
  await createTopic(target, "cluster-one", { partitions: 2 });
  await askDescriptions(target);
  await askElections(target);
  await askReassignments(target);
  await askAcls(target);
  for (const brokerId of [7, -1, 2147483647]) {
    await target.every(`broker ${brokerId}`, UnregisterBroker, { brokerId });
  }
  await deleteTopics(target, ["cluster-one"]);
}

async function askDescriptions(target: Target): Promise<void> {
  for (const includeClusterAuthorizedOperations of [true, false]) {
    for (const endpointType of [0, 1, 2, 3, -1]) {
      for (const includeFencedBrokers of [true, false]) {
        await target.every(
          `operations ${includeClusterAuthorizedOperations} endpoints ${endpointType} fenced ${includeFencedBrokers}`,
          DescribeCluster,
          { includeClusterAuthorizedOperations, endpointType, includeFencedBrokers },
        );
      }
    }
  }
  const quorum = (label: string, topicName: string, ...indexes: number[]) =>
    target.every(label, DescribeQuorum, {
      topics: [{
        topicName,
        partitions: indexes.map((partitionIndex) => ({ partitionIndex })),
      }],
    });
  await quorum("metadata", "__cluster_metadata", 0);
  await quorum("metadata partition 1", "__cluster_metadata", 1);
  await quorum("metadata, two", "__cluster_metadata", 0, 1);
  await quorum("metadata, none", "__cluster_metadata");
  await quorum("a topic", "cluster-one", 0);
  await quorum("an unknown topic", "cluster-none", 0);
  await target.every("no topics", DescribeQuorum, { topics: [] });
}

async function askElections(target: Target): Promise<void> {
  const questions: [string, { topic: string; partitions: number[] }[] | null][] = [
    ["all", null],
    ["none", []],
    ["one", [{ topic: "cluster-one", partitions: [0] }]],
    ["both", [{ topic: "cluster-one", partitions: [0, 1] }]],
    ["partition 5", [{ topic: "cluster-one", partitions: [5] }]],
    ["partition -1", [{ topic: "cluster-one", partitions: [-1] }]],
    ["one twice", [{ topic: "cluster-one", partitions: [0, 0] }]],
    ["unknown topic", [{ topic: "cluster-none", partitions: [0] }]],
    ["impossible topic", [{ topic: "a b", partitions: [0] }]],
    ["no partitions", [{ topic: "cluster-one", partitions: [] }]],
  ];
  for (const timeoutMs of [0, -1]) {
    for (const [label, topicPartitions] of questions) {
      await target.every(`timeout ${timeoutMs}: ${label}`, ElectLeaders, {
        topicPartitions,
        timeoutMs,
      });
    }
  }
  for (const electionType of [0, 1, 2, -1]) {
    for (const [label, topicPartitions] of questions) {
      await target.every(
        `type ${electionType}: ${label}`,
        ElectLeaders,
        (version) =>
          version === 0 && electionType !== 0
            ? null
            : { ...(version === 0 ? {} : { electionType }), topicPartitions, timeoutMs: 10_000 },
      );
    }
  }
}

async function askReassignments(target: Target): Promise<void> {
  const alter = (label: string, name: string, partitionIndex: number, replicas: number[] | null) =>
    target.every(label, AlterPartitionReassignments, {
      topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
      timeoutMs: 10_000,
    });
  await alter("to where it is", "cluster-one", 0, [1]);
  await alter("to nobody", "cluster-one", 0, []);
  await alter("to a stranger", "cluster-one", 0, [7]);
  await alter("to a negative one", "cluster-one", 0, [-1]);
  await alter("to one twice", "cluster-one", 0, [1, 1]);
  await alter("to one and a stranger", "cluster-one", 0, [1, 7]);
  await alter("cancel", "cluster-one", 0, null);
  await alter("partition 9", "cluster-one", 9, [1]);
  await alter("cancel partition 9", "cluster-one", 9, null);
  await alter("unknown topic", "cluster-none", 0, [1]);
  await alter("impossible topic", "a b", 0, [1]);
  for (const timeoutMs of [0, 10_000]) {
    await target.every(`none, timeout ${timeoutMs}`, AlterPartitionReassignments, {
      topics: [],
      timeoutMs,
    });
  }
  await target.every("timeout 0", AlterPartitionReassignments, {
    topics: [{ name: "cluster-one", partitions: [{ partitionIndex: 0, replicas: [1] }] }],
    timeoutMs: 0,
  });
  await target.every("timeout 0", ListPartitionReassignments, { topics: null, timeoutMs: 0 });
  for (const allowReplicationFactorChange of [true, false]) {
    await target.every(
      `factor may change ${allowReplicationFactorChange}`,
      AlterPartitionReassignments,
      (version) =>
        version === 0 ? null : {
          topics: [{ name: "cluster-one", partitions: [{ partitionIndex: 0, replicas: [1] }] }],
          allowReplicationFactorChange,
        },
    );
  }
  const list: [string, { name: string; partitionIndexes: number[] }[] | null][] = [
    ["all", null],
    ["none", []],
    ["one", [{ name: "cluster-one", partitionIndexes: [0] }]],
    ["partition 9", [{ name: "cluster-one", partitionIndexes: [9] }]],
    ["unknown topic", [{ name: "cluster-none", partitionIndexes: [0] }]],
  ];
  for (const [label, topics] of list) {
    await target.every(label, ListPartitionReassignments, { topics });
  }
}

async function askAcls(target: Target): Promise<void> {
  const any = {
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    patternTypeFilter: 1,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  };
  const acl = {
    resourceType: 2,
    resourceName: "cluster-one",
    principal: "User:a",
    host: "*",
    operation: 3,
    permissionType: 3,
  };
  const old = (version: number) => version === 1 && { patternTypeFilter: 3 };
  for (const resourceTypeFilter of [0, 1, 2, 99]) {
    await target.every(`type ${resourceTypeFilter}`, DescribeAcls, (version) => ({
      ...any,
      resourceTypeFilter,
      ...old(version),
    }));
    await target.every(`type ${resourceTypeFilter}`, DeleteAcls, (version) => ({
      filters: [{ ...any, resourceTypeFilter, ...old(version) }],
    }));
  }
  for (const principal of ["User:a", "nonsense", ""]) {
    await target.every(`principal "${principal}"`, CreateAcls, {
      creations: [{ ...acl, principal }],
    });
  }
  await target.every("two", CreateAcls, { creations: [acl, acl] });
  await target.every("none", CreateAcls, { creations: [] });
  await target.every("none", DeleteAcls, { filters: [] });
  for (const operation of [0, 1, 99]) {
    await target.every(`operation ${operation}`, CreateAcls, {
      creations: [{ ...acl, operation }],
    });
    await target.every(`operation ${operation}`, DescribeAcls, { ...any, operation });
  }
}

/**
 * Makes the broker create the topics of its coordinators, and waits until they are there. One that
 * builds no coordinators never has them.
 */
async function untilCoordinators(target: Target): Promise<void> {
  for (const keyType of [0, 1]) {
    for (let attempt = 0; attempt < COORDINATOR_ATTEMPTS_MAX; attempt++) {
      const { coordinators } = await target.get(FindCoordinator, 6, {
        coordinatorKeys: ["coordinator-a", "coordinator-b", ""],
        keyType,
      });
      if (
        coordinators.every(({ errorCode }) => errorCode !== ErrorCode.COORDINATOR_NOT_AVAILABLE)
      ) break;
      await new Promise((resolve) => setTimeout(resolve, COORDINATOR_PAUSE_MS));
    }
  }
}

/** Kept to the end: asking for a coordinator makes Kafka create a topic. */
export async function askCoordinators(target: Target): Promise<void> {
  await untilCoordinators(target);
  for (const keyType of [0, 1, 2, 3, -1]) {
    for (const key of ["coordinator-a", ""]) {
      await target.every(`type ${keyType} "${key}"`, FindCoordinator, (version) => {
        if (version === 0 && keyType !== 0) return null;
        const type = version === 0 ? {} : { keyType };
        return version < 4 ? { key, ...type } : { coordinatorKeys: [key], ...type };
      });
    }
    await target.every(
      `type ${keyType}, two`,
      FindCoordinator,
      (version) =>
        version < 4 ? null : { coordinatorKeys: ["coordinator-a", "coordinator-b"], keyType },
    );
    await target.every(
      `type ${keyType}, none`,
      FindCoordinator,
      (version) => version < 4 ? null : { coordinatorKeys: [], keyType },
    );
  }
}
