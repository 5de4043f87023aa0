import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Members of consumer groups that hold their partitions until they are asked to stop.
 *
 * <pre>
 * HoldingMembers HOST:PORT,... MEMBER...
 * MEMBER: TOPIC,...|~RE2_PATTERN PARTITIONS_OF_ALL_MEMBERS KEY=VALUE...
 * </pre>
 *
 * The words of a member are separated by blanks. Members join each broker one after the other, so that
 * the history is the same everywhere: the next one once those of its group hold all partitions. Then
 * each commits the same offset for what it holds. They leave in the opposite order, in the same way.
 */
public final class HoldingMembers {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(40);
    private static final long OFFSET = 3;

    private HoldingMembers() {}

    /** What a member knows of its group. */
    private record Holding(int generation, Set<TopicPartition> partitions) {}

    private static final class Member extends Thread {
        private final String broker;
        private final String topics;
        private final int partitionsOfAll;
        private final Properties config = new Properties();
        private final CompletableFuture<Void> committed = new CompletableFuture<>();
        private volatile Holding holding = new Holding(-1, Set.of());
        private volatile boolean commits;
        private volatile boolean leaves;

        Member(String broker, String words) {
            String[] parts = words.split(" ");
            this.broker = broker;
            topics = parts[0];
            partitionsOfAll = Integer.parseInt(parts[1]);
            config.putAll(Map.of(
                "bootstrap.servers", broker,
                "key.deserializer", ByteArrayDeserializer.class.getName(),
                "value.deserializer", ByteArrayDeserializer.class.getName(),
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"));
            for (int i = 2; i < parts.length; i++) {
                String[] entry = parts[i].split("=", 2);
                config.put(entry[0], entry[1]);
            }
        }

        String group() {
            return broker + " " + config.getProperty("group.id");
        }

        @Override
        public void run() {
            try {
                hold();
            } catch (RuntimeException failure) {
                committed.completeExceptionally(failure);
                throw failure;
            }
        }

        private void hold() {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config)) {
                if (topics.startsWith("~")) {
                    consumer.subscribe(new SubscriptionPattern(topics.substring(1)));
                } else {
                    consumer.subscribe(List.of(topics.split(",")));
                }
                while (!leaves) {
                    consumer.poll(POLL);
                    holding = new Holding(
                        consumer.groupMetadata().generationId(), Set.copyOf(consumer.assignment()));
                    if (commits && !committed.isDone()) {
                        consumer.commitSync(offsets(consumer.assignment()));
                        committed.complete(null);
                    }
                }
                // Static members would stay until their session ends.
                consumer.close(
                    CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
            }
        }

        private Map<TopicPartition, OffsetAndMetadata> offsets(Set<TopicPartition> partitions) {
            OffsetAndMetadata offset = new OffsetAndMetadata(OFFSET, "held");
            return partitions.stream().collect(Collectors.toMap(each -> each, each -> offset));
        }
    }

    public static void main(String[] args) throws Exception {
        List<Member> members = new ArrayList<>();
        Map<String, List<Member>> groups = new HashMap<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(members, groups)));
        try {
            for (int i = 1; i < args.length; i++) {
                for (String broker : args[0].split(",")) {
                    Member member = new Member(broker, args[i]);
                    members.add(member);
                    List<Member> group = groups.computeIfAbsent(member.group(), key -> new ArrayList<>());
                    group.add(member);
                    member.start();
                    awaitSettled(group);
                }
            }
            for (Member member : members) {
                member.commits = true;
                member.committed.get();
            }
            System.out.println("all members hold their partitions");
        } catch (ExecutionException | TimeoutException failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private static void awaitSettled(List<Member> group) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + SETTLE_TIMEOUT.toNanos();
        while (!isSettled(group)) {
            boolean failed = group.stream().anyMatch(member -> member.committed.isCompletedExceptionally());
            if (failed || System.nanoTime() > end) {
                throw new TimeoutException(group.get(0).group() + " does not settle: "
                    + group.stream().map(member -> member.holding).toList());
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    private static boolean isSettled(List<Member> group) {
        List<Holding> holdings = group.stream().map(member -> member.holding).toList();
        Set<TopicPartition> held = new HashSet<>();
        holdings.forEach(holding -> held.addAll(holding.partitions));
        int count = holdings.stream().mapToInt(holding -> holding.partitions.size()).sum();
        return held.size() == group.get(0).partitionsOfAll
            && count == held.size()
            && holdings.stream().map(Holding::generation).distinct().count() == 1;
    }

    private static void leave(List<Member> members, Map<String, List<Member>> groups) {
        try {
            for (int i = members.size() - 1; i >= 0; i--) {
                Member member = members.get(i);
                member.leaves = true;
                member.join();
                List<Member> group = groups.get(member.group());
                group.remove(member);
                if (!group.isEmpty()) {
                    awaitSettled(group);
                }
            }
            System.out.println("all members have left");
        } catch (InterruptedException | TimeoutException failure) {
            failure.printStackTrace();
        }
    }
}
