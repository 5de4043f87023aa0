/** Broker keys of fetching and of requests that wait for data or for acknowledgements. */
import { type ConfigKeys, int, UNUSED } from "../define.ts";

export const FETCH_CONFIGS = {
  "fetch.max.bytes": int(57_671_680, {
    doc: "Largest answer to one fetch, in bytes, whatever more the client asks for.",
    min: 1024,
  }),
  "max.incremental.fetch.session.cache.slots": int(1000, {
    doc: "Fetch sessions kept for clients that send only what changed; beyond it, old ones are " +
      "dropped.",
    min: 0,
  }),
  "fetch.purgatory.purge.interval.requests": int(1000, {
    doc: "Finished fetch requests gathered before they are swept from the waiting list.",
    unused: UNUSED.purgatory,
  }),
  "producer.purgatory.purge.interval.requests": int(1000, {
    doc: "Finished produce requests gathered before they are swept from the waiting list.",
    unused: UNUSED.purgatory,
  }),
  "delete.records.purgatory.purge.interval.requests": int(1, {
    doc: "Finished DeleteRecords requests gathered before they are swept from the waiting list.",
    unused: UNUSED.purgatory,
  }),
  "share.fetch.purgatory.purge.interval.requests": int(1000, {
    doc: "Finished share fetch requests gathered before they are swept from the waiting list.",
    unused: UNUSED.purgatory,
  }),
} as const satisfies ConfigKeys;
