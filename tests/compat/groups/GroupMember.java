import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a group with Apache Kafka's own client. What it prints and obeys is described in
 * events.ts.
 *
 * <pre>
 * GroupMember HOST:PORT GROUP TOPIC range|sticky|cooperative-sticky|consumer
 * </pre>
 */
public final class GroupMember implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(100);

    /** A commit follows so many records or so long after the one before. */
    private static final int COMMIT_RECORDS = 200;
    private static final long COMMIT_NANOS = 250_000_000;

    private static final Map<String, Class<?>> ASSIGNORS = Map.of(
        "range", RangeAssignor.class,
        "sticky", StickyAssignor.class,
        "cooperative-sticky", CooperativeStickyAssignor.class);

    private static final Comparator<TopicPartition> BY_PARTITION =
        Comparator.comparingInt(TopicPartition::partition);

    private final PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.US_ASCII);
    private final KafkaConsumer<byte[], String> consumer;
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new TreeMap<>(BY_PARTITION);
    private int uncommittedRecords;
    private long committedAt = System.nanoTime();
    private volatile boolean leaving;

    private GroupMember(Properties config) {
        consumer = new KafkaConsumer<>(config);
    }

    public static void main(String[] args) {
        Properties config = new Properties();
        config.putAll(Map.of(
            "bootstrap.servers", args[0],
            "group.id", args[1],
            "key.deserializer", ByteArrayDeserializer.class.getName(),
            "value.deserializer", StringDeserializer.class.getName(),
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false",
            "max.poll.records", "100"));
        if (args[3].equals("consumer")) {
            config.put("group.protocol", "consumer");
        } else {
            config.put("session.timeout.ms", "6000");
            config.put("heartbeat.interval.ms", "500");
            config.put("partition.assignment.strategy", ASSIGNORS.get(args[3]).getName());
        }
        new GroupMember(config).run(args[2]);
    }

    private void run(String topic) {
        say("started", Long.toString(ProcessHandle.current().pid()));
        Thread orders = new Thread(this::obey);
        orders.setDaemon(true);
        orders.start();
        consumer.subscribe(List.of(topic), this);
        while (!leaving) {
            for (ConsumerRecord<byte[], String> record : consumer.poll(POLL)) {
                say("record", record.partition() + " " + record.offset() + " " + record.value());
                uncommitted.put(
                    new TopicPartition(topic, record.partition()), new OffsetAndMetadata(record.offset() + 1));
                uncommittedRecords++;
            }
            if (uncommittedRecords >= COMMIT_RECORDS || System.nanoTime() - committedAt >= COMMIT_NANOS) {
                commit();
            }
            out.flush();
        }
        commit();
        consumer.close();
        say("left", "");
        out.flush();
    }

    /** Leaves at the first line, or when nobody is there to give one. */
    private void obey() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            lines.readLine();
        } catch (IOException e) {
            System.err.println(e);
        }
        leaving = true;
    }

    /** Commits what is not yet. What cannot be committed is tried again with what follows. */
    private void commit() {
        out.flush();
        committedAt = System.nanoTime();
        if (uncommitted.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(uncommitted);
        } catch (KafkaException e) {
            say("failed", e.toString().replace('\n', ' '));
            return;
        }
        say("committed", uncommitted.entrySet().stream()
            .map(each -> each.getKey().partition() + ":" + each.getValue().offset())
            .collect(Collectors.joining(",")));
        uncommitted.clear();
        uncommittedRecords = 0;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        sayPartitions("assigned", partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
        giveUp("revoked", partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        giveUp("lost", partitions);
    }

    private void giveUp(String how, Collection<TopicPartition> partitions) {
        uncommitted.keySet().removeAll(partitions);
        sayPartitions(how, partitions);
    }

    private void sayPartitions(String what, Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        Function<TopicPartition, String> number = each -> Integer.toString(each.partition());
        say(what, partitions.stream().map(number).collect(Collectors.joining(",")));
        out.flush();
    }

    private void say(String what, String data) {
        Instant now = Instant.now();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        out.print(micros + " " + what + " " + data + "\n");
    }
}
