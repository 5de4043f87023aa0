/**
 * Regular expressions with RE2's syntax and its promise: time to match grows with the text and the
 * pattern, never beyond. The one place that imports `re2js`.
 */
import { RE2JS, RE2JSException } from "re2js";

/**
 * How large a pattern may be, in instructions of its compiled program. A match takes this times the
 * length of the text, at most, so that a pattern of a few bytes (`(a{0,1000})` many times over)
 * holds up nobody; longer ones than this have not been seen in earnest.
 */
const PROGRAM_INSTRUCTIONS_MAX = 20_000;

/** A text that is no pattern; its message says why. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** A compiled pattern. */
export interface Pattern {
  /** Whether the pattern matches the whole text. */
  matches(text: string): boolean;
}

/** Compiles a pattern. Throws `PatternError` where it is malformed or too large. */
export function compilePattern(source: string): Pattern {
  const tooLarge = source.length > PROGRAM_INSTRUCTIONS_MAX ||
    estimatedInstructions(source) > PROGRAM_INSTRUCTIONS_MAX;
  if (tooLarge) throw new PatternError("it is too large");
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) throw new PatternError(error.message);
    throw error;
  }
}

/** What stands in one pair of parentheses. */
interface Level {
  size: number;
  /** The size of the last element, which a repetition multiplies. */
  last: number;
}

const REPETITION = /\{(\d+)(?:,(\d*))?\}/y;
const CLASS = /\[\^?\]?(?:\[:[^\]]*:\]|\\[^]|[^\]\\])*\]/y;

/**
 * About how many instructions a pattern compiles to, found without compiling it: that alone can take
 * seconds. Of a malformed pattern it is just some number.
 */
function estimatedInstructions(source: string): number {
  const outer: Level[] = [];
  let level: Level = { size: 0, last: 0 };
  let at = 0;
  /** After the first bracket without an end, no other has one. */
  let classesEnd = true;
  const add = (size: number) => {
    level.size += size;
    level.last = size;
  };
  /** Moves past what the expression finds here. */
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const found = expression.exec(source);
    if (found !== null) at = expression.lastIndex;
    return found;
  };
  while (at < source.length) {
    const repetition = take(REPETITION);
    if (repetition !== null) {
      const times = Number(repetition[2] || repetition[1]) + 1;
      level.size += level.last * (times - 1);
      level.last *= times;
      continue;
    }
    const character = source[at];
    if (character === "[" && classesEnd) {
      classesEnd = take(CLASS) !== null;
      if (classesEnd) {
        add(1);
        continue;
      }
    }
    at += character === "\\" ? 2 : 1;
    if (character === "(") {
      outer.push(level);
      level = { size: 0, last: 0 };
    } else if (character === ")" && outer.length > 0) {
      const inner = level.size + 2;
      level = outer.pop()!;
      add(inner);
    } else {
      add(1);
    }
  }
  return outer.reduce((sum, { size }) => sum + size, level.size);
}
