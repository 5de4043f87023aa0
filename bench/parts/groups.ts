/** What the members of many groups cost a broker that do nothing but heartbeat. */
import { cpuSeconds, memoryUse } from "../brokers/process_use.ts";
import { withGroups } from "../loads/group_members.ts";
import { below, Results } from "../results.ts";
import { type Part, withBrokers } from "./part.ts";

const LOAD = { groups: 1000, membersPerGroup: 3, heartbeatIntervalMs: 3000 } as const;
const MEASURED_MS = 30_000;
const CORE_SHARE_MAX = 15;

export const groups: Part = async (context) => {
  const results = new Results(
    "Groups",
    `${LOAD.groups} classic groups of ${LOAD.membersPerGroup} members, each member on a connection ` +
      `of its own with a heartbeat every ${LOAD.heartbeatIntervalMs / 1000} s, over ` +
      `${MEASURED_MS / 1000} s.`,
  );
  const core = {
    name: "CPU",
    unit: "% of a core",
    target: below(CORE_SHARE_MAX, `under ${CORE_SHARE_MAX} %`),
  };
  await withBrokers(context, async (brokers) => {
    for (const broker of brokers) {
      const { result, heartbeats } = await withGroups(broker, LOAD, async () => {
        const before = cpuSeconds(broker.pid);
        const begin = performance.now();
        await new Promise((resolve) => setTimeout(resolve, MEASURED_MS));
        const seconds = (performance.now() - begin) / 1000;
        return { seconds, cpu: cpuSeconds(broker.pid) - before };
      });
      results.record(core, broker.name, (result.cpu / result.seconds) * 100);
      const rate = { name: "heartbeats answered", unit: "1/s", digits: 0 };
      results.record(rate, broker.name, heartbeats / result.seconds);
      const resident = memoryUse(broker.pid).residentBytes / (1024 * 1024);
      results.record({ name: "resident memory", unit: "MiB", digits: 0 }, broker.name, resident);
    }
  });
  return results;
};
