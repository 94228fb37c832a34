"""Who and what the sample estate is, and the shape of every line its sources write.

`make.py` says what happens; the functions here only write it down. The lists at the end of the
first part gather (time, line) pairs, to be written in order of time.
"""

import datetime as dt
import json
import random

JST = dt.timezone(dt.timedelta(hours=9))
FIRST = dt.date(2024, 4, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(61)]
HOLIDAYS = {dt.date(2024, 4, 29)} | {dt.date(2024, 5, d) for d in (3, 4, 5, 6)}
rng = random.Random(20240401)


class Owner:
    def __init__(self, name, japanese, slug, code, delivered, share):
        self.name, self.japanese, self.slug, self.code = name, japanese, slug, code
        self.delivered = delivered
        self.table = slug.replace("-", "_") + ".customers"
        self.operators = share  # how many operators have it as their main work


OWNERS = [
    Owner("Kita Denryoku", "北電力", "kita-denryoku", "KD", 400_000, 14),
    Owner("Nishi Telecom", "西テレコム", "nishi-telecom", "NT", 260_000, 11),
    Owner("Minato Gas", "みなとガス", "minato-gas", "MG", 182_000, 9),
    Owner("Sakura Hoken", "さくら保険", "sakura-hoken", "SH", 96_000, 7),
    Owner("Aozora Tsuhan", "あおぞら通販", "aozora-tsuhan", "AT", 45_000, 4),
    Owner("Kenko Shien Kiko", "健康支援機構", "kenko-shien", "KS", 23_000, 0),
    Owner("Yamabuki City", "山吹市", "yamabuki-city", "YB", 1_200, 0),
    Owner("Tsubaki Town", "椿町", "tsubaki-town", "TB", 900, 0),
]
BY_NAME = {owner.name: owner for owner in OWNERS}
PRIVATE = OWNERS[:5]

OPERATORS = [f"op{n:03}" for n in range(1, 46)]
SUPERVISORS = [f"sup{n:02}" for n in range(1, 5)]
ADMINS = ["adm.mori", "adm.kuroda", "adm.endo", "adm.hayashi", "adm.ueda"]
ADDRESS = {name: f"192.0.2.{100 + n}" for n, name in enumerate(OPERATORS, 1)}
ADDRESS |= {name: f"192.0.2.{160 + n}" for n, name in enumerate(SUPERVISORS, 1)}
ADDRESS |= {"adm.mori": "192.0.2.41", "adm.hayashi": "192.0.2.42", "adm.kuroda": "192.0.2.43"}
ADDRESS |= {"adm.endo": "192.0.2.44", "adm.ueda": "192.0.2.45"}
ADDRESS |= {"dba01": "192.0.2.51", "dba02": "192.0.2.52"}
MNT_PC = {f"192.0.2.{40 + n}": f"mnt-pc0{n}" for n in range(1, 7)}
DB_HOST, BACKUP_HOST, REPORT_HOST, APP_HOST = "192.0.2.11", "192.0.2.15", "192.0.2.16", "192.0.2.21"

# Lines of every source as (time, text); written in order of time.
app, pg, web, cti, sys_log, legacy = [], [], [], [], [], []
tickets = []


def at(day, hour, minute=0, second=0, milli=0):
    return dt.datetime(day.year, day.month, day.day, hour, minute, second, milli * 1000, JST)


def moment(day, start, end):
    """Any time of the day between two hours."""
    return at(day, start) + dt.timedelta(milliseconds=rng.randrange((end - start) * 3_600_000))


def later(time, low, high):
    return time + dt.timedelta(seconds=rng.randint(low, high), milliseconds=rng.randrange(1000))


def is_working(day):
    return day.weekday() < 5 and day not in HOLIDAYS


# ---------------------------------------------------------------- application audit, JSON Lines
def app_log(time, user, action, ip=None, **fields):
    row = {"ts": time.isoformat(timespec="milliseconds"), "user": user,
           "ip": ip or ADDRESS[user], "action": action}
    row |= {key: value for key, value in fields.items() if value is not None}
    row["result"] = "ok" if action != "login_failed" else "denied"
    app.append((time, json.dumps(row, ensure_ascii=False, separators=(",", ":"))))


def app_export(time, user, owner, rows, ticket=None, action="csv_export", ip=None, what="export"):
    app_log(time, user, action, ip, screen="list", list=f"{owner.slug}/{what}",
            owner=owner.name, rows=rows, bytes=rows * rng.randint(188, 204) + 96, ticket=ticket)


# ---------------------------------------------------------------- PostgreSQL 15 csvlog, pgaudit
def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def audit_field(text):
    """A field as pgaudit writes it: quoted when it holds a comma, a quote or a line end."""
    return quoted(text) if any(c in text for c in ',"\n\r') else text


class Session:
    """One PostgreSQL backend: connection, statements, disconnection, in 26 columns."""

    serial = 4000

    def __init__(self, time, user, address, program):
        Session.serial += rng.randint(1, 40)
        self.pid, self.port = 20_000 + Session.serial % 12_000, rng.randint(33_000, 60_000)
        self.user, self.address, self.program = user, address, program
        self.start, self.time = time, time
        self.id = f"{int(time.timestamp()):x}.{self.pid:x}"
        self.lines, self.statements, self.transaction = 0, 0, rng.randint(10, 900)
        self.emit("authentication", f"connection authorized: user={user} database=crm"
                  + (f" application_name={program}" if program else ""), program="")

    def emit(self, tag, message, severity="LOG", state="00000", query="", program=None):
        self.lines += 1
        name = self.program if program is None else program
        stamp = self.time.strftime("%Y-%m-%d %H:%M:%S.") + f"{self.time.microsecond // 1000:03} JST"
        began = self.start.strftime("%Y-%m-%d %H:%M:%S JST")
        columns = [stamp, quoted(self.user), quoted("crm"), str(self.pid),
                   quoted(f"{self.address}:{self.port}"), self.id, str(self.lines), quoted(tag),
                   began, f"{3 + self.pid % 9}/{self.transaction}", "0", severity, state,
                   quoted(message), "", "", "", "", "", quoted(query) if query else "", "", "",
                   quoted(name), quoted("client backend"), "", "0"]
        pg.append((self.time, ",".join(columns)))

    def run(self, category, command, sql, rows=0, objects=(), seconds=(1, 20), tag=None):
        """One statement; with k relations k lines of the same ids and the same rows."""
        self.time = later(self.time, *seconds)
        self.statements += 1
        self.transaction += 1
        for kind, name in objects or [("", "")]:
            self.audit(1, category, command, kind, name, sql, rows, tag)

    def audit(self, sub, category, command, kind, name, sql, rows, tag=None):
        record = ",".join([f"AUDIT: SESSION,{self.statements},{sub}", category, command, kind, name,
                           audit_field(sql), "<none>", str(rows)])
        self.emit(tag or command.split(" ")[0], record)

    def copy_query(self, sql, table, rows):
        """`copy (select …) to stdout`: the SELECT tells the rows, the COPY says 0."""
        self.time = later(self.time, 4, 20)
        self.statements += 1
        self.transaction += 1
        self.audit(1, "READ", "SELECT", "TABLE", table, sql, rows, "COPY")
        self.audit(2, "READ", "COPY", "", "", sql, 0, "COPY")

    def close(self):
        self.time = later(self.time, 2, 90)
        span = self.time - self.start
        self.emit("idle", f"disconnection: session time: {str(span)[:11]} user={self.user} "
                  f"database=crm host={self.address} port={self.port}")


def server_line(time, message, backend="checkpointer", pid=612):
    stamp = time.strftime("%Y-%m-%d %H:%M:%S.") + f"{time.microsecond // 1000:03} JST"
    columns = [stamp, "", "", str(pid), "", "65ff7a10.264", "1", "", "2024-03-24 09:56:48 JST", "",
               "0", "LOG", "00000", quoted(message), "", "", "", "", "", "", "", "", '""',
               quoted(backend), "", "0"]
    pg.append((time, ",".join(columns)))


COLUMNS = "id, name, kana, postcode, address, tel, plan, updated_at"


def nightly_dump(day):
    session = Session(at(day, 2, 0, rng.randint(1, 4)), "batch_backup", DB_HOST, "pg_dump")
    run = session.run
    run("READ", "SELECT", "SELECT pg_catalog.set_config('search_path', '', false);", 1, seconds=(0, 1))
    run("MISC", "SET", "SET row_security = off", seconds=(0, 1))
    run("MISC", "BEGIN", "BEGIN", seconds=(0, 1))
    run("MISC", "SET", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", seconds=(0, 1))
    run("READ", "SELECT", "SELECT c.tableoid, c.oid, c.relname\nFROM pg_catalog.pg_class c\n"
        "WHERE c.relkind IN ('r', 'S', 'v')\nORDER BY c.oid", 143,
        [("TABLE", "pg_catalog.pg_class")], seconds=(0, 1))
    names = ", ".join(owner.table for owner in OWNERS)
    run("MISC", "LOCK TABLE", f"LOCK TABLE {names}, ops.call_stats IN ACCESS SHARE MODE", seconds=(0, 2))
    for owner in OWNERS:
        run("READ", "COPY", f"COPY {owner.table} ({COLUMNS}) TO stdout;",
            seconds=(1, 3 + owner.delivered // 9_000))
    run("READ", "COPY", "COPY ops.call_stats (day, owner, calls, reached, refused) TO stdout;",
        seconds=(1, 3))
    session.close()


def nightly_report(day):
    session = Session(at(day, 5, 30, rng.randint(0, 20)), "report_bot", REPORT_HOST, "report-batch")
    session.run("READ", "SELECT", "select owner, count(*) as calls,\n       sum(reached) as reached\n"
                "from ops.call_stats\nwhere day = current_date - 1\ngroup by owner", 8,
                [("TABLE", "ops.call_stats")])
    if day.weekday() == 0:  # a join of three relations: three lines, one statement
        session.run("READ", "SELECT", "select s.owner, p.name, count(*)\nfrom ops.call_stats s\n"
                    "  join ops.campaigns c using (campaign_id)\n  join ops.plans p using (plan_id)\n"
                    "group by 1, 2", 62,
                    [("TABLE", f"ops.{t}") for t in ("call_stats", "campaigns", "plans")])
    session.close()


# ---------------------------------------------------------------- the other sources
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"


def web_log(time, user, path, size, status=200, method="GET"):
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0900")
    web.append((time, f'{ADDRESS[user]} - {user} [{stamp}] "{method} {path} HTTP/1.1" {status} '
                      f'{size or "-"} "-" "{BROWSER}"'))


class Cti:
    connection, query = 300, 9000


def cti_log(time, user, host, operation, database="", thing="", code="0"):
    stamp = time.strftime("%Y%m%d %H:%M:%S")
    if operation in ("CONNECT", "DISCONNECT"):
        number = 0
    else:
        number = Cti.query
    cti.append((time, f"{stamp},ctidb01,{user},{host},{Cti.connection},{number},{operation},"
                      f"{database},{thing},{code}"))


def cti_session(time, user, host, statements):
    Cti.connection += rng.randint(1, 30)
    cti_log(time, user, host, "CONNECT", "cti")
    for table, sql in statements:
        time = later(time, 0, 3)
        Cti.query += rng.randint(1, 50)
        if table:
            cti_log(time, user, host, "READ", "cti", table, "")
        text = sql.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
        cti_log(time, user, host, "QUERY", "cti", f"'{text}'")
    cti_log(later(time, 0, 3), user, host, "DISCONNECT", "cti")


def syslog(time, host, program, text):
    sys_log.append((time, f"{time.strftime('%b')} {time.day:2} {time.strftime('%H:%M:%S')} {host} {program}: {text}"))


def logon(time, host, user, origin, method="publickey"):
    pid, port = rng.randint(1200, 29_000), rng.randint(40_000, 61_000)
    syslog(time, host, f"sshd[{pid}]", f"Accepted {method} for {user} from {origin} port {port} ssh2")
    end = later(time, 600, 9_000)
    syslog(later(time, 0, 1), host, f"sshd[{pid}]",
           f"pam_unix(sshd:session): session opened for user {user}(uid={1000 + len(user)}) by (uid=0)")
    syslog(end, host, f"sshd[{pid}]", f"pam_unix(sshd:session): session closed for user {user}")


def usb_stick(time, host, product, serial):
    uptime = f"[{rng.randint(9_000, 99_999)}.{rng.randint(0, 999_999):06}]"
    device = f"usb 1-{rng.randint(1, 4)}"
    for delay, text in enumerate([
            f"{uptime} {device}: new high-speed USB device number {rng.randint(5, 19)} using xhci_hcd",
            f"{uptime} {device}: Product: {product}",
            f"{uptime} {device}: SerialNumber: {serial}",
            f"{uptime} usb-storage {device[4:]}:1.0: USB Mass Storage device detected",
            f"{uptime} sd 6:0:0:0: [sdb] Attached SCSI removable disk"]):
        syslog(time + dt.timedelta(seconds=delay), host, "kernel", text)


def legacy_log(time, user, action, sheet, owner, rows):
    legacy.append((time, ",".join([time.strftime("%Y/%m/%d %H:%M:%S"), user, ADDRESS[user], action,
                                   sheet, owner.japanese, str(rows), "正常"])))


def ticket(prefix, requester, executor, owner, most, opened, closed, approver, approved, subject):
    number = f"{prefix}-24-{sum(t[0].startswith(prefix) for t in tickets) + 1:04}"
    stamp = [t.isoformat(timespec="seconds") for t in (opened, closed, approved)]
    tickets.append([number, requester, executor, owner.name if owner else "", most, stamp[0],
                    stamp[1], approver, stamp[2], subject])
    return number
