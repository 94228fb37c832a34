"""Makes export.pcap: two sessions of PostgreSQL, one of an unknown protocol, a datagram; nobody real."""
import pathlib
import struct

START = 1_775_001_600_000_000  # 2026-04-01 00:00 UTC, in microseconds
out = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))


def packet(time, source, target, protocol, segment):
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 1, 0, 64, protocol, 0, bytes(source), bytes(target))
    frame = b"\x02" * 12 + b"\x08\x00" + ip + segment
    out.extend(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(frame), len(frame)) + frame)


class Session:
    def __init__(self, time, client, server, port, served):
        self.time, self.client, self.server, self.port, self.served = time, client, server, port, served
        self.near, self.far = 1000, 90000
        self.send(True, b"", 2)
        self.send(False, b"", 18)
        self.send(True, b"", 16)

    def send(self, out, data, flags=24):
        self.time += 1500
        ends = (self.client, self.server) if out else (self.server, self.client)
        ports = (self.port, self.served) if out else (self.served, self.port)
        numbers = (self.near, self.far) if out else (self.far, self.near)
        acked = numbers[1] if flags & 16 else 0
        for start in range(0, max(1, len(data)), 1400):
            part = data[start:start + 1400]
            header = struct.pack(">HHIIBBHHH", *ports, numbers[0] + start, acked, 0x50, flags, 8192, 0, 0)
            packet(self.time, *ends, 6, header + part)
        step = len(data) + (1 if flags & 3 else 0)
        if out:
            self.near += step
        else:
            self.far += step

    def close(self):
        self.send(True, b"", 17)
        self.send(False, b"", 17)
        self.send(True, b"", 16)


def message(kind, body):
    return kind + struct.pack(">I", len(body) + 4) + body


def texts(*words):
    return b"".join(word.encode() + b"\0" for word in words)


def query(session, sql, tag, rows):
    session.send(True, message(b"Q", texts(sql)))
    columns = b"".join(texts(name) + struct.pack(">IHIhih", 0, 0, 25, -1, -1, 0) for name in ("id", "name"))
    answer = message(b"T", struct.pack(">H", 2) + columns)
    for row in range(rows):
        values = [str(row + 1).encode(), b"x"]
        body = struct.pack(">H", 2) + b"".join(struct.pack(">I", len(value)) + value for value in values)
        answer += message(b"D", body)
    session.send(False, answer + message(b"C", texts(tag)) + message(b"Z", b"I"))


def postgresql(time, client, port, user, program):
    session = Session(time, client, [198, 51, 100, 9], port, 5432)
    body = struct.pack(">I", 196608) + texts("user", user, "database", "crm", "application_name", program) + b"\0"
    session.send(True, struct.pack(">I", len(body) + 4) + body)
    session.send(False, message(b"R", struct.pack(">I", 0)) + message(b"Z", b"I"))
    return session


first = postgresql(START + 3_600_000_000, [192, 0, 2, 7], 50112, "sato", "psql")
query(first, "select id, name from crm.customers where id = 4711", "SELECT 1", 1)
query(first, "select id, name from crm.customers", "SELECT 12000", 12000)
first.close()
other = Session(START + 7_200_000_000, [192, 0, 2, 8], [192, 0, 2, 30], 40001, 9999)
other.send(True, b"\x01\x02 what nobody knows")
other.send(False, b"\x05" * 3000)
other.close()
packet(START + 7_300_000_000, [192, 0, 2, 8], [192, 0, 2, 53], 17, struct.pack(">HHHH", 40002, 53, 20, 0) + b"\0" * 12)
second = postgresql(START + 50 * 3_600_000_000, [192, 0, 2, 9], 50200, "ito", "app")
for number in range(20):
    query(second, f"select id, name from crm.customers where id = {number}", "SELECT 1", 1)
second.close()
pathlib.Path(__file__).with_name("export.pcap").write_bytes(out)
