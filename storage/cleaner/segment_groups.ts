/** Which neighbouring segments become one when a log is compacted, so that it keeps few and full ones. */

/** What grouping looks at in a segment. */
export interface GroupedSegment {
  readonly baseOffset: number;
  /** Sizes of its files, in bytes. */
  readonly size: number;
  readonly indexBytes: number;
  readonly timeIndexBytes: number;
}

/**
 * How many segments become one at most. Kafka has no such bound; here the event loop renames a
 * group's files in one go, and must not be held for long.
 */
export const GROUP_SEGMENTS_MAX = 100;

/** The indexes hold offsets relative to the segment's first as int32. */
const OFFSET_SPAN_MAX = 0x7fffffff;

/**
 * Groups of segments, in order, each of which fits into one segment although nothing were dropped.
 * `endOffset` is where the last segment ends.
 */
export function groupSegments<S extends GroupedSegment>(
  segments: readonly S[],
  segmentBytes: number,
  indexBytes: number,
  endOffset: number,
): S[][] {
  const groups: S[][] = [];
  let sums = { size: 0, indexBytes: 0, timeIndexBytes: 0 };
  segments.forEach((segment, i) => {
    const group = groups.at(-1);
    const size = sums.size + segment.size;
    const index = sums.indexBytes + segment.indexBytes;
    const timeIndex = sums.timeIndexBytes + segment.timeIndexBytes;
    const lastOffset = (segments[i + 1]?.baseOffset ?? endOffset) - 1;
    const fits = group !== undefined && group.length < GROUP_SEGMENTS_MAX &&
      size <= segmentBytes && index <= indexBytes && timeIndex <= indexBytes &&
      (segment.size === 0 || lastOffset - group[0].baseOffset <= OFFSET_SPAN_MAX);
    if (fits) {
      group.push(segment);
      sums = { size, indexBytes: index, timeIndexBytes: timeIndex };
    } else {
      groups.push([segment]);
      sums = { ...segment };
    }
  });
  return groups;
}
