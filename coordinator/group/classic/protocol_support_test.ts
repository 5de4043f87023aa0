import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { ClassicMember } from "./classic_member.ts";
import { chooseProtocol, ProtocolSupport } from "./protocol_support.ts";

const protocolsOf = (names: readonly string[]) =>
  names.map((name) => ({ name, metadata: new Uint8Array(0) }));

/** What members with these preferences choose. */
function chosen(...preferences: string[][]): string {
  const support = new ProtocolSupport();
  const members = preferences.map((names, i) => {
    support.add(protocolsOf(names));
    return new ClassicMember({
      memberId: `${i}`,
      instanceId: null,
      clientId: "c",
      clientHost: "/h",
      rebalanceTimeoutMs: 1,
      sessionTimeoutMs: 1,
      protocols: protocolsOf(names),
    });
  });
  return chooseProtocol(members, (name) => support.count(name) === members.length);
}

Deno.test("protocols: each member votes for the first one of its own that all know", () => {
  assertEquals(chosen(["x", "b", "a"], ["a", "b"], ["b", "a", "y"]), "b");
});

Deno.test("protocols: the one that all know is chosen, however few like it", () => {
  assertEquals(chosen(["a", "b", "c"], ["a", "c"], ["b", "c"]), "c");
});

Deno.test("protocols: where votes are equal the order of Java's hash table decides", () => {
  const divided = (...names: string[]) => chosen(names, names.toReversed());
  assertEquals(divided("range", "roundrobin"), "range");
  assertEquals(divided("roundrobin", "range"), "range");
  assertEquals(divided("cooperative-sticky", "range"), "range");
  assertEquals(divided("range", "sticky"), "sticky");
  assertEquals(divided("RoundRobinAssigner", "range"), "range");
});

Deno.test("protocols: members without a common one choose none", () => {
  assertThrows(() => chosen(["a"], ["b"]), Error, "supports no protocol");
  assertThrows(() => chosen(), Error, "without members");
});

Deno.test("protocols: support goes with the member that knew it", () => {
  const support = new ProtocolSupport();
  support.add(protocolsOf(["a", "a", "b"]));
  support.add(protocolsOf(["a"]));
  assertEquals([support.count("a"), support.count("b")], [2, 1]);
  support.remove(protocolsOf(["a", "a", "b"]));
  assertEquals([support.count("a"), support.count("b")], [1, 0]);
});
