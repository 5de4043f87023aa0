/** Bytes that are no request, or none of a version that is known. */
import { API_TABLE } from "../../../../broker/api_table.ts";
import { encode } from "../../../../protocol/codec/codec.ts";
import { isFlexible } from "../../../../protocol/codec/shape.ts";
import { Writer } from "../../../../protocol/codec/writer.ts";
import { RequestHeader } from "../../../../protocol/headers.ts";
import { Metadata } from "../../../../protocol/messages/03_metadata.ts";
import { ApiVersions } from "../../../../protocol/messages/18_api_versions.ts";
import type { Message } from "../../../../protocol/schema/schema.ts";
import { join } from "../batches.ts";
import type { Target } from "../target.ts";

function header(requestApiKey: number, requestApiVersion: number, flexible: boolean): Uint8Array {
  const writer = new Writer(64);
  encode(RequestHeader, flexible ? 2 : 1, {
    requestApiKey,
    requestApiVersion,
    correlationId: 77,
    clientId: "frames",
  }, writer);
  return writer.copy();
}

export async function askFrames(target: Target): Promise<void> {
  const bytes = (...values: number[]) => new Uint8Array(values);
  await target.raw("empty frame", bytes());
  await target.raw("one byte", bytes(0));
  await target.raw("seven bytes", bytes(0, 18, 0, 0, 0, 0, 0));
  await target.raw("header without client id", bytes(0, 18, 0, 0, 0, 0, 0, 5));
  await target.raw("null client id", bytes(0, 3, 0, 1, 0, 0, 0, 5, 255, 255, 0, 0, 0, 0));
  await target.raw("client id longer than the frame", bytes(0, 3, 0, 0, 0, 0, 0, 5, 0, 9, 65));
  await target.raw("client id length -2", bytes(0, 3, 0, 0, 0, 0, 0, 5, 255, 254, 0, 0, 0, 0));
  for (const key of [-1, 8, 39, 76, 93, 94, 500, 32767]) {
    // Keys that both serve, or that only Kafka serves, are asked elsewhere.
    if (key >= 0 && key < 94) continue;
    await target.raw(`key ${key}`, join(header(key, 0, false), bytes(0, 0, 0, 0)));
  }
  for (const key of [4, 5, 6, 7]) {
    await target.raw(`removed key ${key}`, join(header(key, 0, false), bytes(0, 0, 0, 0)));
  }
  for (const { api, min, max } of API_TABLE) {
    for (const version of [-1, min - 1, max + 1, 99]) {
      const flexible = version > max && isFlexible(api.request as unknown as Message, max);
      await target.raw(
        `${api.name} v${version}`,
        join(header(api.key, version, flexible), bytes(0, 0, 0, 0)),
      );
    }
    const flexible = isFlexible(api.request as unknown as Message, max);
    if (api.key === ApiVersions.key) continue; // Its answer has no fixed bytes.
    await target.raw(`${api.name} without body`, header(api.key, max, flexible));
    await target.raw(
      `${api.name} with a length that lies`,
      join(
        header(api.key, max, flexible),
        new Uint8Array(3).fill(0x7f),
        new Uint8Array(40).fill(0xff),
      ),
    );
  }
  await target.raw(
    "Metadata with bytes behind",
    join(header(Metadata.key, 1, false), bytes(0, 0, 0, 0, 1, 2)),
  );
  await target.raw(
    "Metadata of -2 topics",
    join(header(Metadata.key, 1, false), bytes(255, 255, 255, 254)),
  );
  await target.raw(
    "Metadata of 2^31-1 topics",
    join(header(Metadata.key, 1, false), bytes(127, 255, 255, 255)),
  );
  await target.raw(
    "Metadata with a null name",
    join(header(Metadata.key, 1, false), bytes(0, 0, 0, 1, 255, 255)),
  );
  await target.raw(
    "Metadata with a name cut",
    join(header(Metadata.key, 1, false), bytes(0, 0, 0, 1, 0, 5, 65)),
  );
}
