"""A member of a group with confluent-kafka, which binds librdkafka.

confluent_member.py HOST:PORT GROUP TOPIC range|cooperative-sticky|consumer

It waits for a commit only before it gives up partitions. Otherwise it goes on polling until the
answer is there: while a program waits in `commit` and the broker is away for longer than the session
lasts, librdkafka waits for the program to hear of that, and neither looks for the coordinator.
"""

import os
import sys
import threading

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from member_lines import Uncommitted, on_order, say, say_partitions

POLL_SECONDS = 0.1

bootstrap, group, topic, mode = sys.argv[1:]
uncommitted = Uncommitted()

# The offsets whose commit is not answered yet.
underway = None


def send_commit(asynchronous):
    """Returns the offsets, of which there may be none, and what the client returned."""
    offsets = uncommitted.begin()
    named = [TopicPartition(topic, each, offset) for each, offset in offsets.items()]
    return offsets, consumer.commit(offsets=named, asynchronous=asynchronous) if named else []


def failure(error, partitions):
    return error or next((each.error for each in partitions if each.error is not None), None)


def commit():
    global underway
    underway = None  # What is under way is committed with the rest.
    try:
        offsets, results = send_commit(asynchronous=False)
        error = failure(None, results)
    except KafkaException as raised:
        error = raised
    if error is not None:
        uncommitted.failed(error)
    elif offsets:
        uncommitted.committed(offsets)


def begin_commit():
    global underway
    try:
        offsets, _ = send_commit(asynchronous=True)
        underway = offsets or None
    except KafkaException as error:
        uncommitted.failed(error)


def answered(error, partitions):
    global underway
    if underway != {each.partition: each.offset for each in partitions}:
        return  # It was given up since.
    error = failure(error, partitions)
    if error is None:
        uncommitted.committed(underway)
    else:
        uncommitted.failed(error)
    underway = None


def assigned(_consumer, partitions):
    say_partitions("assigned", [each.partition for each in partitions])


def revoked(_consumer, partitions):
    commit()
    uncommitted.give_up("revoked", [each.partition for each in partitions])


def lost(_consumer, partitions):
    global underway
    underway = None
    uncommitted.give_up("lost", [each.partition for each in partitions])


say("started", os.getpid())
leaving = threading.Event()
on_order(leaving.set)
protocol = {"group.protocol": "consumer"} if mode == "consumer" else {
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 500,
    "partition.assignment.strategy": mode,
}
consumer = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": group,
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
    "on_commit": answered,
    "reconnect.backoff.max.ms": 500,
    "socket.timeout.ms": 10_000,
    **protocol,
})
consumer.subscribe([topic], on_assign=assigned, on_revoke=revoked, on_lost=lost)
while not leaving.is_set():
    message = consumer.poll(POLL_SECONDS)
    if message is not None:
        error = message.error()
        if error is None:
            uncommitted.consumed(message.partition(), message.offset(), message.value())
        elif error.code() == KafkaError._ALL_BROKERS_DOWN or error.retriable():
            uncommitted.failed(error)
        else:
            raise KafkaException(error)
    if underway is None and uncommitted.is_due():
        begin_commit()
commit()
consumer.close()
say("left")
