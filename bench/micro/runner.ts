/**
 * Times small pieces of code: cases of one group take turns round by round, so that what else the
 * machine does falls on all of them, and the median of the rounds counts. The time is the process's
 * CPU time: what other processes take is not in it.
 */
import process from "node:process";
import { median } from "../results.ts";

export interface MicroCase {
  readonly name: string;
  /** Bytes that one call works on; 0 where a rate says nothing. */
  readonly bytes: number;
  /** Called before every round; its time does not count. */
  readonly before?: () => void;
  /** One call. What it returns is used, so that it cannot be optimised away. */
  readonly run: () => unknown;
}

/** Cases that are compared with each other. */
export interface MicroGroup {
  readonly name: string;
  readonly cases: readonly MicroCase[];
  /** Gives up what the cases hold. */
  readonly close?: () => void;
}

export interface MicroResult {
  readonly group: string;
  readonly name: string;
  readonly bytes: number;
  readonly nanoseconds: number;
}

/** How long one case runs in one round, and before the first one, in milliseconds. */
const ROUND_MS = 30;
const WARMUP_MS = 100;

const NS_PER_MS = 1e6;
const US_PER_MS = 1e3;

/** CPU time of this process, user and system, in milliseconds. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / US_PER_MS;
}

/** Takes the results of the calls, so that they count as used. */
const sink: { last?: unknown } = {};

/** Calls for about `ms` milliseconds. Returns the time per call, in nanoseconds. */
function time({ run, before }: MicroCase, ms: number, callsAtOnce: number): number {
  before?.();
  const begin = cpuMs();
  let calls = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < callsAtOnce; i++) sink.last = run();
    calls += callsAtOnce;
    elapsed = cpuMs() - begin;
  } while (elapsed < ms);
  return elapsed * NS_PER_MS / calls;
}

/** Looks at the clock about this often, in nanoseconds. */
const CLOCK_EVERY_NS = 100_000;

export function runGroup(group: MicroGroup, rounds: number): MicroResult[] {
  const runs = group.cases.map((each) => {
    time(each, WARMUP_MS / 2, 1);
    const ns = time(each, WARMUP_MS / 2, 1);
    const callsAtOnce = Math.max(1, Math.round(CLOCK_EVERY_NS / ns));
    return { each, callsAtOnce, samples: [] as number[] };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { each, callsAtOnce, samples } of runs) {
      samples.push(time(each, ROUND_MS, callsAtOnce));
    }
  }
  group.close?.();
  return runs.map(({ each: { name, bytes }, samples }) => ({
    group: group.name,
    name,
    bytes,
    nanoseconds: median(samples),
  }));
}
