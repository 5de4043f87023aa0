"""The lines in which records are written down; their form is described in records/lines.ts."""

from pathlib import Path


def from_hex(text):
    return None if text == "-" else bytes.fromhex(text)


def to_hex(data):
    return "-" if data is None else data.hex()


def read_lines(path):
    """Yields (partition, timestamp, key, value, headers) for each line of a file."""
    with Path(path).open(encoding="ascii") as lines:
        for line in lines:
            partition, _, timestamp, key, value, headers = line.rstrip("\n").split("\t")
            pairs = [header.split("=") for header in headers.split(",") if header]
            named = [(bytes.fromhex(name).decode(), from_hex(data)) for name, data in pairs]
            yield int(partition), int(timestamp), from_hex(key), from_hex(value), named


def line(partition, offset, timestamp, key, value, headers):
    pairs = ",".join(f"{name.encode().hex()}={to_hex(data)}" for name, data in headers)
    return f"{partition}\t{offset}\t{timestamp}\t{to_hex(key)}\t{to_hex(value)}\t{pairs}\n"


def main(args, write, read):
    """write HOST:PORT FILE TOPIC=CODEC... | read HOST:PORT FOLDER TOPIC..."""
    what, bootstrap, path, *rest = args
    for each in rest:
        if what == "write":
            write(bootstrap, path, *each.split("="))
        else:
            with (Path(path) / each).open("w", encoding="ascii") as output:
                read(bootstrap, each, output)
