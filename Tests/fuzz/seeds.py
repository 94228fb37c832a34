#!/usr/bin/env python3
"""Makes seeds of captures: the small ones themselves, and what the ends of their TCP sessions said.

    seeds.py FOLDER CAPTURE ...

FOLDER/packets holds captures, FOLDER/sessions what the targets of protocols read (Targets.swift).
"""
import gzip
import pathlib
import struct
import subprocess
import sys
import tempfile

MOST = 4096


def packets(data):
    """Payloads of TCP over IPv4 in a pcap of Ethernet, loopback, raw or cooked, as they stand."""
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    start = {1: 14, 0: 4, 113: 16, 276: 20, 101: 0, 12: 0}.get(link)
    at = 24
    while start is not None and at + 16 <= len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        packet = data[at + 16 + start:at + 16 + size]
        at += 16 + size
        if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != 6:
            continue
        header = (packet[0] & 15) * 4
        segment = packet[header:struct.unpack(">H", packet[2:4])[0]]
        if len(segment) < 20:
            continue
        ends = (packet[12:16] + segment[0:2], packet[16:20] + segment[2:4])
        yield ends, segment[13], segment[(segment[12] >> 4) * 4:]


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in ("packets", "sessions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    number = 0
    for path in sys.argv[2:]:
        data = pathlib.Path(path).read_bytes()
        if path.endswith(".gz"):
            data = gzip.decompress(data)
        number += 1
        if len(data) <= 2 * MOST:
            (folder / "packets" / f"{number}").write_bytes(data)
        if data[:4] == b"\x0a\x0d\x0d\x0a":
            # pcapng: tcpdump makes it a pcap.
            with tempfile.NamedTemporaryFile() as other:
                if subprocess.run(["tcpdump", "-r", path, "-w", other.name], capture_output=True).returncode != 0:
                    continue
                data = pathlib.Path(other.name).read_bytes()
        sessions = {}
        for ends, flags, payload in packets(data):
            key = tuple(sorted(ends))
            if key not in sessions:
                client = ends[0] if flags & 18 == 2 or struct.unpack(">H", ends[0][4:])[0] > struct.unpack(
                    ">H", ends[1][4:])[0] else ends[1]
                sessions[key] = [client, bytearray(), 0 if flags & 2 else 4]
            session = sessions[key]
            if payload and len(session[1]) < MOST:
                payload = payload[:MOST // 2]
                side = 0 if ends[0] == session[0] else 1
                session[1] += bytes([side | (session[2] if not session[1] else 0)]) + struct.pack(">H", len(payload)) + payload
        for place, (_, said, _) in enumerate(list(sessions.values())[:20]):
            if said:
                (folder / "sessions" / f"{number}-{place}").write_bytes(said[:MOST])


if __name__ == "__main__":
    main()
