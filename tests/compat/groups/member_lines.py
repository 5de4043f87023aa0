"""What the members in Python print and obey; described in events.ts."""

import sys
import threading
import time

# A commit follows so many records or so long after the one before.
COMMIT_RECORDS = 200
COMMIT_SECONDS = 0.25

# So many records are told of at once.
FLUSH_RECORDS = 50


def say(what, data=""):
    sys.stdout.write(f"{time.time_ns() // 1000} {what} {data}\n")


def say_partitions(what, partitions):
    if partitions:
        say(what, ",".join(str(each) for each in sorted(partitions)))
        sys.stdout.flush()


def on_order(leave):
    """Calls `leave` at the first line of the standard input, or when nobody is there to give one."""

    def obey():
        sys.stdin.readline()
        leave()

    threading.Thread(target=obey, daemon=True).start()


class Uncommitted:
    """What was consumed and is not committed: by partition the offset of the next record."""

    def __init__(self):
        self.offsets = {}
        self._records = 0
        self._committed_at = time.monotonic()

    def consumed(self, partition, offset, value):
        say("record", f"{partition} {offset} {value.decode()}")
        self.offsets[partition] = offset + 1
        self._records += 1
        if self._records % FLUSH_RECORDS == 0:
            sys.stdout.flush()

    def is_due(self):
        late = time.monotonic() - self._committed_at >= COMMIT_SECONDS
        return self._records >= COMMIT_RECORDS or late

    def begin(self):
        """What was printed is on its way before it is committed. Returns what there is to commit."""
        sys.stdout.flush()
        self._committed_at = time.monotonic()
        return dict(self.offsets)

    def committed(self, offsets):
        say("committed", ",".join(f"{each}:{offset}" for each, offset in sorted(offsets.items())))
        for each, offset in offsets.items():
            if self.offsets.get(each) == offset:
                del self.offsets[each]
        self._records = 0

    def failed(self, error):
        """It is tried again with what follows."""
        say("failed", str(error).replace("\n", " "))

    def give_up(self, how, partitions):
        for each in partitions:
            self.offsets.pop(each, None)
        say_partitions(how, partitions)
