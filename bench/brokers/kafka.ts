/**
 * Apache Kafka from a folder with its jars: a broker that is controller too, with the
 * heap and the virtual machine's options of Kafka's own start scripts, and its tools.
 */
import { joinPath } from "../../lib/files.ts";
import { ProgramError, run } from "../programs.ts";
import { type BrokerKind, freePort } from "./broker.ts";
import { background } from "./launch.ts";

/** What `kafka-run-class.sh` gives every program (KAFKA_JVM_PERFORMANCE_OPTS). */
const JVM_OPTIONS = [
  "-server",
  "-XX:+UseG1GC",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
  "-XX:+ExplicitGCInvokesConcurrent",
  "-XX:MaxInlineLevel=15",
  "-Djava.awt.headless=true",
];

/** What `kafka-server-start.sh` gives the broker, and `kafka-producer-perf-test.sh` its tool. */
const BROKER_HEAP = ["-Xmx1G", "-Xms1G"];
const TOOL_HEAP = ["-Xmx512M"];

const LOG_CONFIG = `status = error
appender.file.type = File
appender.file.name = FILE
appender.file.fileName = \${sys:kafka.logs.dir}/server.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = info
rootLogger.appenderRef.file.ref = FILE
`;

/** The settings of `config/server.properties` that one node needs; all else has Kafka's defaults. */
function properties(folder: string, port: number, controllerPort: number): string {
  return Object.entries({
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    "listeners": `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": joinPath(folder, "data"),
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
  }).map(([key, value]) => `${key}=${value}\n`).join("");
}

export class Kafka implements BrokerKind {
  readonly name = "kafka";
  private readonly controllerPort = freePort();

  /** `jars` has the jars of one version. */
  constructor(private readonly jars: string) {}

  private java(heap: readonly string[], rest: readonly string[]): string[] {
    return ["java", ...heap, ...JVM_OPTIONS, "-cp", joinPath(this.jars, "*"), ...rest];
  }

  /** The version, as the server's jar names it. */
  get version(): string {
    for (const { name } of Deno.readDirSync(this.jars)) {
      const match = /^kafka-server-(\d.*)\.jar$/.exec(name);
      if (match !== null) return match[1];
    }
    throw new ProgramError(`${this.jars} holds no kafka-server jar`);
  }

  private writeConfig(folder: string, port: number): string {
    const path = joinPath(folder, "server.properties");
    Deno.writeTextFileSync(path, properties(folder, port, this.controllerPort));
    Deno.writeTextFileSync(joinPath(folder, "log4j2.properties"), LOG_CONFIG);
    return path;
  }

  async prepare(folder: string): Promise<void> {
    const config = this.writeConfig(folder, freePort());
    const storageTool = ["kafka.tools.StorageTool"];
    const id = await run(this.java(TOOL_HEAP, [...storageTool, "random-uuid"]));
    const clusterId = id.trim().split("\n").at(-1)!;
    await run(this.java(TOOL_HEAP, [...storageTool, "format", "-t", clusterId, "-c", config]));
  }

  command(folder: string, port: number): Deno.Command {
    const config = this.writeConfig(folder, port);
    return background(
      folder,
      this.java(BROKER_HEAP, [
        `-Dkafka.logs.dir=${folder}`,
        `-Dlog4j2.configurationFile=${joinPath(folder, "log4j2.properties")}`,
        "kafka.Kafka",
        config,
      ]),
    );
  }

  /** Runs one of Kafka's tools to its end. Returns what it wrote. */
  tool(className: string, args: readonly string[]): Promise<string> {
    return run(this.java(TOOL_HEAP, [`org.apache.kafka.tools.${className}`, ...args]));
  }
}
