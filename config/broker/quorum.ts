/** Broker keys of the controllers and of their quorum. */
import { boolean, type ConfigKeys, int, list, long, UNUSED } from "../define.ts";

const HOST_PORT = String.raw`(?:[\w.%-]*://)?\[?[\w.%:-]*\]?:[0-9]+`;

/** Kafka calls these two "non-empty" but takes an empty list; it is the form that it checks. */
const eachMatches = (entry: RegExp, form: string) => (value: string) => {
  const wrong = value.split(",").map((part) => part.trim())
    .find((part) => part !== "" && !entry.test(part));
  return wrong === undefined ? null : `"${wrong}" does not have the form ${form}`;
};
const checkVoters = eachMatches(new RegExp(`^[-+]?[0-9]+@${HOST_PORT}$`), "{id}@{host}:{port}");
const checkServers = eachMatches(new RegExp(`^${HOST_PORT}$`), "{host}:{port}");

export const QUORUM_CONFIGS = {
  "controller.quorum.voters": list("", {
    doc:
      "Fixed voters of the metadata quorum, as id@host:port. Empty where the voters are kept in " +
      "the metadata itself.",
    check: checkVoters,
  }),
  "controller.quorum.bootstrap.servers": list("", {
    doc:
      "Controllers to ask for the quorum's leader, as host:port, where the voters are not fixed.",
    check: checkServers,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.auto.join.enable": boolean(false, {
    doc: "Whether a new controller makes itself a voter.",
    unused: UNUSED.quorum,
  }),
  "controller.quorum.election.timeout.ms": int(1000, {
    doc: "Time without a leader after which a voter calls an election, in milliseconds.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.election.backoff.max.ms": int(1000, {
    doc: "Longest random pause between two elections that nobody won, in milliseconds.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.fetch.timeout.ms": int(2000, {
    doc:
      "Time without a fetch between leader and voters after which a voter stands for election or " +
      "the leader resigns, in milliseconds.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.fetch.max.bytes": int(1_048_576, {
    doc: "Bytes of metadata log asked for in one fetch; a larger first batch is still sent whole.",
    min: 1,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.fetch.snapshot.max.bytes": int(1_048_576, {
    doc: "Bytes of a metadata snapshot asked for in one request.",
    min: 1,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.append.linger.ms": int(25, {
    doc: "Time the quorum's leader gathers writes before it syncs them to disk, in milliseconds.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.request.timeout.ms": int(2000, {
    doc: "Time to wait for another quorum member's answer, in milliseconds.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "controller.quorum.retry.backoff.ms": int(20, {
    doc: "Pause before the first repeat of a failed request to the quorum, in milliseconds; it " +
      "grows with each failure.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "controller.socket.timeout.ms": int(30_000, {
    doc: "Time the controller waits for a broker's answer, in milliseconds.",
    unused: UNUSED.quorum,
  }),
  "controller.performance.sample.period.ms": long(60_000, {
    doc: "Time between two log lines on how long controller events take, in milliseconds.",
    min: 100,
    internal: true,
    unused: UNUSED.metrics,
  }),
  "controller.performance.always.log.threshold.ms": long(2000, {
    doc: "Duration above which a controller event is logged by itself, in milliseconds.",
    min: 0,
    internal: true,
    unused: UNUSED.metrics,
  }),
} as const satisfies ConfigKeys;
