"""A member of a group with kafka-python.

kafka_python_member.py HOST:PORT GROUP TOPIC range
"""

import os
import sys
import threading

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import AsyncConsumerRebalanceListener
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata
from member_lines import Uncommitted, on_order, say, say_partitions

POLL_MS = 100

bootstrap, group, topic, mode = sys.argv[1:]
uncommitted = Uncommitted()


def named(offsets):
    return {
        TopicPartition(topic, each): OffsetAndMetadata(offset, "", -1)
        for each, offset in offsets.items()
    }


def commit():
    offsets = uncommitted.begin()
    if not offsets:
        return
    try:
        consumer.commit(named(offsets))
    except KafkaError as error:
        uncommitted.failed(error)
    else:
        uncommitted.committed(offsets)


class Listener(AsyncConsumerRebalanceListener):
    """Its methods run on the client's own thread, where nothing may wait without `await`."""

    async def on_partitions_assigned(self, assigned):
        say_partitions("assigned", [each.partition for each in assigned])

    async def on_partitions_revoked(self, revoked):
        offsets = uncommitted.begin()
        if offsets:
            try:
                await consumer.commit_async(named(offsets))
            except KafkaError as error:
                uncommitted.failed(error)
            else:
                uncommitted.committed(offsets)
        uncommitted.give_up("revoked", [each.partition for each in revoked])

    async def on_partitions_lost(self, lost):
        uncommitted.give_up("lost", [each.partition for each in lost])


say("started", os.getpid())
leaving = threading.Event()
on_order(leaving.set)
consumer = KafkaConsumer(
    bootstrap_servers=bootstrap,
    group_id=group,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
    max_poll_records=100,
    session_timeout_ms=6000,
    heartbeat_interval_ms=500,
    reconnect_backoff_max_ms=500,
    partition_assignment_strategy=[{"range": RangePartitionAssignor}[mode]],
)
consumer.subscribe([topic], listener=Listener())
while not leaving.is_set():
    for records in consumer.poll(POLL_MS).values():
        for record in records:
            uncommitted.consumed(record.partition, record.offset, record.value)
    if uncommitted.is_due():
        commit()
commit()
consumer.close()
say("left")
