import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;

/**
 * An instance of the word count with Kafka Streams: words of the lines in one topic, counted in a
 * store, every new count to another topic, as text.
 *
 * <pre>
 * WordCount LINES_TOPIC COUNTS_TOPIC remain|leave KEY=VALUE...
 * </pre>
 *
 * It says its state and its active tasks whenever they change. Asked to stop, it closes in order; its
 * member remains in the group, as is Streams' default, or leaves it.
 */
public final class WordCount {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private WordCount() {}

    public static void main(String[] args) throws InterruptedException {
        Properties config = new Properties();
        config.put("default.key.serde", Serdes.StringSerde.class);
        config.put("default.value.serde", Serdes.StringSerde.class);
        for (String entry : List.of(args).subList(3, args.length)) {
            String[] parts = entry.split("=", 2);
            config.put(parts[0], parts[1]);
        }
        GroupMembershipOperation membership = args[2].equals("leave")
            ? GroupMembershipOperation.LEAVE_GROUP
            : GroupMembershipOperation.REMAIN_IN_GROUP;
        KafkaStreams streams = new KafkaStreams(topology(args[0], args[1]), config);
        CountDownLatch closing = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            closing.countDown();
            boolean closed = streams.close(
                CloseOptions.timeout(CLOSE_TIMEOUT).withGroupMembershipOperation(membership));
            System.out.println(closed ? "closed" : "not closed in time");
        }));
        streams.start();
        String said = "";
        while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            String now = streams.state() + " with tasks " + tasks(streams);
            if (!now.equals(said)) {
                System.out.println(now);
                said = now;
            }
        }
    }

    private static Topology topology(String lines, String counts) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream(lines)
            .flatMapValues(line -> List.of(line.split(" ")))
            .groupBy((key, word) -> word, Grouped.as("words"))
            .count(Materialized.as("counts"))
            .toStream()
            .mapValues(String::valueOf)
            .to(counts);
        return builder.build();
    }

    private static String tasks(KafkaStreams streams) {
        return streams.metadataForLocalThreads().stream()
            .flatMap(thread -> thread.activeTasks().stream())
            .map(task -> task.taskId().toString())
            .sorted()
            .collect(Collectors.joining(" "));
    }
}
