/** Which protocols the members of a group know, and which one they choose. */
import { javaHash } from "../../../lib/java_hash.ts";
import type { ClassicMember, MemberProtocol } from "./classic_member.ts";

/** A protocol that a member names twice counts once. */
function names(protocols: readonly MemberProtocol[]): Set<string> {
  return new Set(protocols.map(({ name }) => name));
}

/** How many members know each protocol. */
export class ProtocolSupport {
  private readonly counts = new Map<string, number>();

  add(protocols: readonly MemberProtocol[]): void {
    for (const name of names(protocols)) this.counts.set(name, this.count(name) + 1);
  }

  remove(protocols: readonly MemberProtocol[]): void {
    for (const name of names(protocols)) {
      const left = this.count(name) - 1;
      if (left > 0) this.counts.set(name, left);
      else this.counts.delete(name);
    }
  }

  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }
}

const BUCKETS_MIN = 16;

/**
 * Where Java's `HashMap` of `size` keys has `key`. Kafka walks over such a map and takes the first
 * protocol with the most votes, so that this decides between `range` and `roundrobin` where the
 * members are divided.
 */
function javaBucket(key: string, size: number): number {
  let buckets = BUCKETS_MIN;
  while (size > buckets * 0.75) buckets *= 2;
  const hash = javaHash(key);
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

/**
 * The protocol that most members prefer among those that all of them know. Throws where there is
 * none; joining is refused to members that would bring this about.
 */
export function chooseProtocol(
  members: Iterable<ClassicMember>,
  isCommon: (protocolName: string) => boolean,
): string {
  const votes = new Map<string, number>();
  for (const member of members) {
    const vote = member.protocols.find(({ name }) => isCommon(name));
    if (vote === undefined) {
      throw new Error(`Member ${member.memberId} supports no protocol that all members support`);
    }
    votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
  }
  const bucket = (name: string) => javaBucket(name, votes.size);
  const [chosen] = [...votes].sort(([a, votesOfA], [b, votesOfB]) =>
    votesOfB - votesOfA || bucket(a) - bucket(b)
  );
  if (chosen === undefined) throw new Error("A group without members chooses no protocol");
  return chosen[0];
}
