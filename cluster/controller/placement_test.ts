import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { EMPTY_IMAGE, type MetadataImage } from "../image/metadata_image.ts";
import { placeReplicas } from "./placement.ts";

interface Broker {
  readonly id: number;
  readonly rack?: string;
  readonly fenced?: boolean;
  readonly inControlledShutdown?: boolean;
}

function imageOf(brokers: readonly Broker[]): MetadataImage {
  const registered = brokers.map((
    { id, rack = null, fenced = false, inControlledShutdown = false },
  ) => ({
    id,
    epoch: id,
    incarnationId: "",
    endpoints: [],
    features: [],
    rack,
    fenced,
    inControlledShutdown,
    directories: [],
    cordonedDirectories: null,
  }));
  return { ...EMPTY_IMAGE, brokers: new Map(registered.map((broker) => [broker.id, broker])) };
}

const place = (brokers: readonly Broker[], count: number, factor: number, seed = 1) =>
  placeReplicas(imageOf(brokers), count, factor, new SeededRandom(seed));

const idsUpTo = (count: number): Broker[] => Array.from({ length: count }, (_, id) => ({ id }));

/** How often each broker occurs. */
function loadOf(ids: readonly number[]): Map<number, number> {
  const load = new Map<number, number>();
  for (const id of ids) load.set(id, (load.get(id) ?? 0) + 1);
  return load;
}

Deno.test("placement: leaders and replicas are spread evenly over the brokers", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const placed = place(idsUpTo(5), 25, 3, seed);
    assertEquals(new Set(loadOf(placed.map(([leader]) => leader)).values()), new Set([5]));
    assertEquals(new Set(loadOf(placed.flat()).values()), new Set([15]));
  }
});

Deno.test("placement: the first partitions of several topics do not all go to one broker", () => {
  const random = new SeededRandom(1);
  const image = imageOf(idsUpTo(4));
  const leaders = Array.from({ length: 40 }, () => placeReplicas(image, 1, 1, random)[0][0]);
  assertEquals(new Set(leaders).size, 4);
});

Deno.test("placement: two replicas share a rack only where racks do not suffice", () => {
  const rackOf = (id: number) => `rack${id % 3}`;
  const brokers = idsUpTo(9).map(({ id }) => ({ id, rack: rackOf(id) }));
  for (let seed = 1; seed <= 20; seed++) {
    for (const replicas of place(brokers, 20, 3, seed)) {
      assertEquals(new Set(replicas.map(rackOf)).size, 3, `seed ${seed}: ${replicas}`);
    }
  }
});

Deno.test("placement: a fenced broker gets a replica only if there is no other, and never leads", () => {
  const brokers = [{ id: 1 }, { id: 2 }, { id: 3, fenced: true }];
  for (let seed = 1; seed <= 20; seed++) {
    assertEquals(place(brokers, 6, 2, seed).flat().includes(3), false);
    for (const replicas of place(brokers, 6, 3, seed)) {
      assertEquals([replicas.indexOf(3), new Set(replicas).size], [2, 3]);
    }
  }
});

Deno.test("placement: a broker that shuts down gets nothing", () => {
  const brokers = [{ id: 1 }, { id: 2, inControlledShutdown: true }];
  assertEquals(place(brokers, 3, 1), [[1], [1], [1]]);
  assertThrows(() => place(brokers, 1, 2), KafkaError, "only 1 broker(s)");
});

Deno.test("placement: there must be enough brokers, and one that is not fenced", () => {
  const errorOf = (brokers: Broker[], factor: number) =>
    assertThrows(() => place(brokers, 1, factor), KafkaError).errorName;
  assertEquals(errorOf(idsUpTo(2), 3), "INVALID_REPLICATION_FACTOR");
  assertEquals(errorOf([{ id: 1, fenced: true }], 1), "INVALID_REPLICATION_FACTOR");
  assertEquals(errorOf([], 1), "INVALID_REPLICATION_FACTOR");
});

Deno.test("placement: replicas of a partition are different brokers, as many as asked for", () => {
  const brokers = fc.uniqueArray(
    fc.record({
      id: fc.nat(50),
      rack: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
      fenced: fc.boolean(),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(brokers, fc.nat(20), fc.nat(), (registered, count, seed) => {
      fc.pre(registered.some(({ fenced }) => !fenced));
      const factor = 1 + seed % registered.length;
      const placed = place(registered, count, factor, seed);
      assertEquals(placed.length, count);
      const isFenced = new Map(registered.map(({ id, fenced }) => [id, fenced]));
      for (const replicas of placed) {
        assertEquals([replicas.length, new Set(replicas).size], [factor, factor]);
        assert(isFenced.get(replicas[0]) === false, "the leader is not fenced");
      }
    }),
    { seed: 1 },
  );
});
