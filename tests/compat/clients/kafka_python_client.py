"""kafka-python, a client in Python alone."""

import sys

import lines
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

POLL_MS = 1000
BATCH = 10_000


def write(bootstrap, path, topic, codec):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=None if codec == "none" else codec,
        enable_idempotence=True,
        linger_ms=20,
    )
    sent = [
        producer.send(topic, value, key, headers, partition, timestamp)
        for partition, timestamp, key, value, headers in lines.read_lines(path)
    ]
    producer.flush()
    for each in sent:
        each.get()
    producer.close()


def read(bootstrap, topic, output):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_poll_records=BATCH,
    )
    partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(each) < ends[each] for each in partitions):
        for records in consumer.poll(POLL_MS).values():
            for record in records:
                output.write(lines.line(
                    record.partition,
                    record.offset,
                    record.timestamp,
                    record.key,
                    record.value,
                    record.headers,
                ))
    consumer.close()


lines.main(sys.argv[1:], write, read)
