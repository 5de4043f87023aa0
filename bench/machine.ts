/** What the figures were measured on, and with which versions. */
import { kcatVersion } from "./loads/kcat.ts";
import { rdkafkaVersion } from "./loads/rdkafka.ts";
import { run } from "./programs.ts";

const GIB = 1024 ** 3;

/** Rows for the head of the results. */
export async function describeMachine(kafkaVersion: string): Promise<string[][]> {
  const cpu = /^model name\s*: (.*)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
  const memoryGib = Math.round(Deno.systemMemoryInfo().total / GIB);
  const java = /version "([^"]+)"/.exec(await run(["java", "-version"]))?.[1];
  return [
    ["machine", `${navigator.hardwareConcurrency} cores (${cpu ?? "?"}), ${memoryGib} GiB`],
    ["system", `${Deno.build.os} ${Deno.osRelease()}, ${Deno.build.arch}`],
    ["runtime", `deno ${Deno.version.deno} (V8 ${Deno.version.v8})`],
    ["Kafka", `${kafkaVersion} on Java ${java ?? "?"}`],
    ["clients", `kcat ${await kcatVersion()}, rdkafka_performance ${await rdkafkaVersion()}`],
  ];
}
