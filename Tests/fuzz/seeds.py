#!/usr/bin/env python3
"""Makes seeds of captures: the small ones themselves, and what the ends of their TCP sessions said.

    seeds.py FOLDER CAPTURE ...

FOLDER/packets holds captures, FOLDER/sessions what the targets of protocols read, FOLDER/records files whose records are
counted (Targets.swift).
"""
import gzip
import io
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

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


def records(folder):
    """Files of each kind, the byte that names it before them."""
    sheet = b"<worksheet><sheetData>" + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 3 + b"</sheetData></worksheet>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    rows = b'id,name\r\n1,"a ""b"", c\n d"\r\n2,e\r\n'
    lines = b'{"a":1}\n\n{"b":"\\n"}\n'
    lists = b'[{"a":[1,2,{"b":"]"}]},{"a":"\\""}]'
    nested = b'{"data":[{"a":1},{"a":2}],"next":null}'
    events = b'event: row\r\ndata: {"a":1}\r\n\r\ndata: [{"a":2},\ndata: {"a":3}]\n\n:\n\ndata: x\n\n'
    bodies = (rows, lines, lists, nested, packed.getvalue(), stored.getvalue(), events)
    for number, body in enumerate(bodies):
        for kind in range(6):
            (folder / f"{number}-{kind}").write_bytes(bytes([kind]) + body)
            (folder / f"{number}-{kind}-parts").write_bytes(bytes([kind | 128]) + body)
            (folder / f"{number}-{kind}-gzip").write_bytes(bytes([kind | 8]) + gzip.compress(body, mtime=0))
            (folder / f"{number}-{kind}-deflate").write_bytes(bytes([kind | 16]) + zlib.compress(body))
            if shutil.which("zstd"):
                packed = subprocess.run(["zstd", "-qc"], input=body, capture_output=True, check=True).stdout
                (folder / f"{number}-{kind}-zstd").write_bytes(bytes([kind | 24]) + packed)


def talks(folder):
    """Sessions of which no capture is at hand: parts of an object, events, MARS, Oracle."""
    def said(*pieces):
        return b"".join(bytes([side]) + struct.pack(">H", len(text)) + text for side, text in pieces)

    def answer(fields, body):
        return b"HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (fields, len(body), body)

    ask = b"GET /a.csv HTTP/1.1\r\nHost: a\r\n\r\n"
    part = b"Content-Type: text/csv\r\nContent-Range: bytes %d-%d/24"
    both = b"".join(b"--x\r\n" + part % (start, start + 7) + b"\r\n\r\n1,a\n2,b\n\r\n" for start in (8, 0, 4)) + b"--x--\r\n"
    live = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    (folder / "http-parts").write_bytes(said(
        (0, ask), (1, answer(part % (0, 7), b"1,a\n2,b\n")), (0, ask), (1, answer(part % (4, 11), b"2,b\n3,c\n")), (0, ask),
        (1, answer(b"Content-Type: multipart/byteranges; boundary=x", both)), (0, ask),
        (1, live + b'10\r\ndata: {"a":1}\n\n\r\n0\r\n\r\n')))

    def frame(number, flags, data=b""):
        return struct.pack("<BBHIII", 0x53, flags, number, 16 + len(data), 1, 4) + data

    batch = b"\x01\x01\x00\x1c\0\0\1\0\x16\0\0\0\x12\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0"
    done = b"\x04\x01\x00\x15\0\0\1\0\xfd\x10\0\xc1\0\2\0\0\0\0\0\0\0"
    greeting = b"\x12\x01\x00\x13\0\0\1\0\0\0\6\0\6\xff\x10\0\x10\0\0"
    (folder / "tds-mars").write_bytes(said(
        (0, greeting), (0, frame(0, 1) + frame(1, 1)), (0, frame(0, 8, batch) + frame(1, 8, batch)),
        (1, frame(1, 8, done[:9]) + frame(0, 8, done)), (1, frame(1, 8, done[9:]) + frame(1, 4))))
    text = b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=crm)(CID=(PROGRAM=p)(HOST=pc7)(USER=ito))))"
    connect = struct.pack(">HHBBHHHHHHHHHHH", 34 + len(text), 0, 1, 0, 0, 318, 300, 0, 8192, 32767, 0, 0, 1, len(text), 34)
    refusal = b"(DESCRIPTION=(ERR=12514))"
    refuse = struct.pack(">HHBBHBBH", 12 + len(refusal), 0, 4, 0, 0, 0, 0, len(refusal)) + refusal
    (folder / "oracle").write_bytes(said((0, connect.ljust(34, b"\0") + text), (1, refuse)))
    (folder / "ftp-data").write_bytes(said((1, b"id,name\n1,a\n"), (1, b"2,b\n")))


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in ("packets", "sessions", "records"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    records(folder / "records")
    talks(folder / "sessions")
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
