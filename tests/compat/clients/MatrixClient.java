import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Apache Kafka's own client. The form of the lines is described in records/lines.ts.
 *
 * <pre>
 * write HOST:PORT FILE TOPIC=CODEC...   writes the lines of a file to each topic
 * read HOST:PORT FOLDER TOPIC...        writes FOLDER/TOPIC with a line for each record
 * </pre>
 */
public final class MatrixClient {
    private static final HexFormat HEX = HexFormat.of();
    private static final Duration POLL = Duration.ofSeconds(1);

    private MatrixClient() {}

    public static void main(String[] args) throws Exception {
        boolean writes = args[0].equals("write");
        for (int i = 3; i < args.length; i++) {
            if (writes) {
                String[] parts = args[i].split("=");
                write(args[1], Path.of(args[2]), parts[0], parts[1]);
            } else {
                read(args[1], Path.of(args[2]).resolve(args[i]), args[i]);
            }
        }
    }

    private static byte[] bytes(String hex) {
        return hex.equals("-") ? null : HEX.parseHex(hex);
    }

    private static String hex(byte[] bytes) {
        return bytes == null ? "-" : HEX.formatHex(bytes);
    }

    private static void write(String bootstrap, Path input, String topic, String codec) throws Exception {
        Properties config = new Properties();
        config.putAll(Map.of(
            "bootstrap.servers", bootstrap,
            "key.serializer", ByteArraySerializer.class.getName(),
            "value.serializer", ByteArraySerializer.class.getName(),
            "acks", "all",
            "linger.ms", "20",
            "compression.type", codec));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config);
            BufferedReader lines = Files.newBufferedReader(input)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sent.add(producer.send(record(topic, line)));
            }
            producer.flush();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String line) {
        String[] columns = line.split("\t", -1);
        List<Header> headers = new ArrayList<>();
        if (!columns[5].isEmpty()) {
            for (String header : columns[5].split(",")) {
                String[] parts = header.split("=", -1);
                String name = new String(bytes(parts[0]), StandardCharsets.UTF_8);
                headers.add(new RecordHeader(name, bytes(parts[1])));
            }
        }
        return new ProducerRecord<>(topic, Integer.valueOf(columns[0]), Long.valueOf(columns[2]),
            bytes(columns[3]), bytes(columns[4]), headers);
    }

    private static void read(String bootstrap, Path output, String topic) throws IOException {
        Properties config = new Properties();
        config.putAll(Map.of(
            "bootstrap.servers", bootstrap,
            "key.deserializer", ByteArrayDeserializer.class.getName(),
            "value.deserializer", ByteArrayDeserializer.class.getName(),
            "auto.offset.reset", "none",
            "enable.auto.commit", "false"));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config);
            BufferedWriter out = Files.newBufferedWriter(output)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (!partitions.stream().allMatch(each -> consumer.position(each) >= ends.get(each))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    out.write(line(record) + "\n");
                }
            }
        }
    }

    private static String line(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(hex(header.key().getBytes(StandardCharsets.UTF_8)) + "=" + hex(header.value()));
        }
        return String.join("\t",
            Integer.toString(record.partition()),
            Long.toString(record.offset()),
            Long.toString(record.timestamp()),
            hex(record.key()),
            hex(record.value()),
            String.join(",", headers));
    }
}
