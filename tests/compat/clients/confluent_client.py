"""confluent-kafka, which binds librdkafka."""

import sys

import lines
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition

POLL_SECONDS = 1.0
BATCH = 10_000


def write(bootstrap, path, topic, codec):
    failures = []

    def delivered(error, _message):
        if error is not None:
            failures.append(error)

    producer = Producer({
        "bootstrap.servers": bootstrap,
        "compression.type": codec,
        "enable.idempotence": True,
        "linger.ms": 20,
    })
    for partition, timestamp, key, value, headers in lines.read_lines(path):
        while True:
            try:
                producer.produce(
                    topic,
                    value,
                    key,
                    partition=partition,
                    timestamp=timestamp,
                    headers=headers,
                    on_delivery=delivered,
                )
                break
            except BufferError:
                producer.poll(POLL_SECONDS)
        producer.poll(0)
    producer.flush()
    if failures:
        raise KafkaException(failures[0])


def read(bootstrap, topic, output):
    consumer = Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": "unused",  # The library asks for one; nothing is committed or subscribed.
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
    })
    partitions = consumer.list_topics(topic).topics[topic].partitions
    consumer.assign([TopicPartition(topic, each, OFFSET_BEGINNING) for each in partitions])
    ended = set()
    while len(ended) < len(partitions):
        for message in consumer.consume(BATCH, POLL_SECONDS):
            error = message.error()
            if error is None:
                output.write(lines.line(
                    message.partition(),
                    message.offset(),
                    message.timestamp()[1],
                    message.key(),
                    message.value(),
                    message.headers() or [],
                ))
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise KafkaException(error)
    consumer.close()


lines.main(sys.argv[1:], write, read)
