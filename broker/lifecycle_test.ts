import { assertEquals, assertRejects } from "../lib/assert.ts";
import type { Controller } from "../cluster/controller/controller.ts";
import type { BrokerHeartbeatRequest } from "../protocol/messages/63_broker_heartbeat.ts";
import type { BrokerRegistrationRequest } from "../protocol/messages/62_broker_registration.ts";
import type { LogDirectory } from "../storage/log_directory.ts";
import { BrokerLifecycle } from "./lifecycle.ts";

/** A controller that notes what it is asked, and lets the broker in or out after some heartbeats. */
class NotingController {
  isActive = true;
  readonly registrations: BrokerRegistrationRequest[] = [];
  readonly heartbeats: BrokerHeartbeatRequest[] = [];

  constructor(private readonly heartbeatsUntilDone: number) {}

  decide(): Promise<void> {
    return Promise.resolve();
  }

  registerBroker(request: BrokerRegistrationRequest): Promise<{ brokerEpoch: number }> {
    this.registrations.push(request);
    return Promise.resolve({ brokerEpoch: 42 });
  }

  heartbeat(request: BrokerHeartbeatRequest) {
    this.heartbeats.push(request);
    const done = this.heartbeats.length >= this.heartbeatsUntilDone;
    return Promise.resolve({ isFenced: !done, shouldShutDown: done, isCaughtUp: true });
  }
}

interface Folder {
  readonly clean: boolean;
  readonly brokerEpoch: number;
}

function lifecycle(controller: NotingController, folders: readonly Folder[] = []): BrokerLifecycle {
  return new BrokerLifecycle({
    controller: controller as unknown as Controller,
    nodeId: 3,
    clusterId: "cluster",
    rack: "rack-a",
    incarnationId: "incarnation",
    directories: folders.map((state, i) => ({ id: `directory${i}`, state })) as LogDirectory[],
  });
}

Deno.test("lifecycle: after orderly stops of all folders the earlier epoch is told, else none", async () => {
  const cases: [folders: Folder[], previous: number][] = [
    [[{ clean: true, brokerEpoch: 9 }], 9],
    [[{ clean: true, brokerEpoch: 9 }, { clean: true, brokerEpoch: 7 }], 7],
    [[{ clean: true, brokerEpoch: 9 }, { clean: false, brokerEpoch: -1 }], -1],
  ];
  for (const [folders, previous] of cases) {
    const controller = new NotingController(1);
    const broker = lifecycle(controller, folders);
    assertEquals(broker.brokerEpoch, -1);
    await broker.register([], []);
    assertEquals(broker.brokerEpoch, 42);
    const [{ brokerId, clusterId, rack, previousBrokerEpoch, logDirs }] = controller.registrations;
    assertEquals([brokerId, clusterId, rack], [3, "cluster", "rack-a"]);
    assertEquals(previousBrokerEpoch, previous);
    assertEquals(logDirs, folders.map((_, i) => `directory${i}`));
  }
});

Deno.test("lifecycle: it asks to be let in until it is, telling how much of the metadata it knows", async () => {
  const controller = new NotingController(3);
  const broker = lifecycle(controller);
  await broker.register([], []);
  let end = 10;
  await broker.unfence(() => end++);
  assertEquals(
    controller.heartbeats.map((each) => [each.currentMetadataOffset, each.wantShutDown]),
    [[9, false], [10, false], [11, false]],
  );
  assertEquals(controller.heartbeats[0].brokerEpoch, 42);
});

Deno.test("lifecycle: a controller that never lets it in is an error, not an endless loop", async () => {
  const broker = lifecycle(new NotingController(Infinity));
  await broker.register([], []);
  await assertRejects(() => broker.unfence(() => 1), Error, "does not let this broker in");
});

Deno.test("lifecycle: it asks to leave until it may, and only where there is somebody to ask", async () => {
  const controller = new NotingController(2);
  const broker = lifecycle(controller);
  await broker.shutDown(() => 1);
  assertEquals(controller.heartbeats.length, 0, "it is not registered yet");
  await broker.register([], []);
  await broker.shutDown(() => 1);
  assertEquals(controller.heartbeats.map(({ wantShutDown }) => wantShutDown), [true, true]);
  controller.isActive = false;
  await broker.shutDown(() => 1);
  assertEquals(controller.heartbeats.length, 2);
});
