/** Waiting for a condition that only asking can tell. */
import { CheckError } from "./report.ts";

/** How long it may take, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** How long to wait before asking again, in milliseconds. */
const ASK_AGAIN_MS = 50;

/**
 * Asks until the answer is another than `undefined`, and returns it.
 * Throws `CheckError` that says what did not happen in time, with what `ask` said of it last.
 */
export async function eventually<T>(
  what: string,
  ask: (say: (seen: string) => void) => Promise<T | undefined>,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let seen = "nothing";
  for (;;) {
    const answer = await ask((text) => seen = text);
    if (answer !== undefined) return answer;
    if (performance.now() > end) {
      throw new CheckError(`${what}: not within ${timeoutMs} ms; last seen: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
