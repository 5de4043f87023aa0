"""A member of a group with kcat's balanced consumer, put into the form that the others have.

kcat_member.py HOST:PORT GROUP TOPIC range

kcat commits by itself, every five seconds, and does not tell when. Told to end, it drops the record
that it is just given, and commits it; so it is to be told when there is none. Its two outputs go
through one pipe, so that records and assignments stay in order.
"""

import re
import signal
import subprocess
import sys

from member_lines import on_order, say, say_partitions

RECORD = re.compile(rb"^(\d+) (\d+) (\d+)$")
REBALANCED = re.compile(rb"^% Group \S+ rebalanced .*: (assigned|revoked): (.*)$")
PARTITION = re.compile(rb"\[(\d+)\]")

bootstrap, group, topic, mode = sys.argv[1:]
settings = {
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 500,
    "partition.assignment.strategy": mode,
    "auto.offset.reset": "earliest",
    "reconnect.backoff.max.ms": 500,
    "socket.timeout.ms": 10_000,
    "log_level": 0,  # What the library's threads say would come between the words of a line.
}
kcat = subprocess.Popen(
    ["kcat", "-b", bootstrap, "-G", group, "-u", "-E", "-f", "%p %o %s\n"]
    + [word for name, value in settings.items() for word in ("-X", f"{name}={value}")]
    + [topic],
    stdin=subprocess.DEVNULL,
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
)
say("started", kcat.pid)
sys.stdout.flush()
on_order(lambda: kcat.send_signal(signal.SIGTERM))
for raw in kcat.stdout:
    line = raw.rstrip(b"\n")
    record = RECORD.match(line)
    rebalanced = REBALANCED.match(line)
    if record:
        say("record", b" ".join(record.groups()).decode())
        sys.stdout.flush()
    elif rebalanced:
        what, partitions = rebalanced.groups()
        say_partitions(what.decode(), [int(each) for each in PARTITION.findall(partitions)])
    elif not line.startswith(b"% Reached end"):
        say("failed", line.decode(errors="replace"))
code = kcat.wait()
if code == 0:
    say("left")
sys.exit(0 if code == 0 else 1)
