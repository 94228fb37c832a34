#!/usr/bin/env python3
"""Has real servers export 5,000 records by every verb, captures it, and holds what is found against that.

    servers.py PROGRAM [--only WORD] [--keep] [--publish PAGE]

Starts Debian's PostgreSQL, MariaDB and nginx on loopback in a folder of its own, which goes when all is done; no service of
the machine is touched. Each export is captured twice: by tcpdump into a file, which `scan` and `capture -r` read, and by
`capture -i lo` as it happens. Both must tell the same; the records found must be 5,000, no more and no fewer, by the right
user from the right database, of the right kind, with the right outcome. Wants root: for loopback, and to start servers as
their own users.
"""
import argparse
import base64
import contextlib
import csv
import ctypes
import datetime
import io
import json
import os
import pathlib
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

RECORDS = 5000
USER, SECRET, DATABASE = "sato", "not-a-secret", "crm"
PACKAGES = {
    "postgresql": "postgresql-15", "pgbench": "postgresql-15", "mariadb": "mariadb-server", "nginx": "nginx-core",
    "tcpdump": "tcpdump", "curl": "curl", "openssl": "openssl",
}
POSTGRESQL = pathlib.Path("/usr/lib/postgresql/15/bin")


def records():
    """What is exported: quotes, line ends and Japanese within, and values that are not there."""
    for number in range(1, RECORDS + 1):
        note = ("", "said \"no\", twice", "first line\nsecond line", "折り返し電話")[number % 4]
        yield number, f"顧客 {number}", f"03-0000-{number:04d}", note or None


def wait(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"servers: {what}: not after {seconds} s")
        time.sleep(0.05)


def listens(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"servers: {' '.join(map(str, command))}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Server:
    """A process that is ended with the test."""

    def __init__(self, folder, account):
        self.port = free_port()
        self.folder = folder
        folder.mkdir()
        self.account = account
        owner = pwd.getpwnam(account)
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def start(self, command, account=None):
        name = account or self.account
        self.process = subprocess.Popen(
            [str(word) for word in command], user=name, group=pwd.getpwnam(name).pw_gid, extra_groups=[],
            stdout=open(self.folder.parent / (self.folder.name + ".log"), "a"), stderr=subprocess.STDOUT, cwd="/")
        wait(lambda: self.process.poll() is not None or listens(self.port), f"{self.folder.name} listens")
        if self.process.poll() is not None:
            sys.exit(f"servers: {self.folder.name} ended:\n" + (
                self.folder.parent / (self.folder.name + ".log")).read_text()[-2000:])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def as_owner(self, command):
        return run(command, user=self.account, group=pwd.getpwnam(self.account).pw_gid, extra_groups=[], cwd="/")


class PostgreSQL(Server):
    name = "postgresql"

    def __init__(self, work):
        super().__init__(work / self.name, "postgres")
        data = self.folder / "data"
        self.as_owner([POSTGRESQL / "initdb", "-D", data, "-A", "scram-sha-256", "--locale=C.UTF-8", "-U", "postgres",
                       "--pwfile=" + self.secret()])
        self.start([POSTGRESQL / "postgres", "-D", data, "-p", self.port, "-h", "127.0.0.1", "-k", self.folder,
                    "-c", "fsync=off"])
        wait(lambda: subprocess.run(self.psql("postgres", "postgres", "-c", "select 1"), env=self.environment(),
                                    capture_output=True).returncode == 0, "PostgreSQL answers")
        run(self.psql("postgres", "postgres", "-c", f"create role {USER} login password '{SECRET}'",
                      "-c", f"create database {DATABASE} owner {USER}"), env=self.environment())
        rows = io.StringIO()
        csv.writer(rows).writerows(records())
        run(self.psql(USER, DATABASE, "-c", "create table customers(id int primary key, name text, phone text, note text)",
                      "-c", "\\copy customers from pstdin csv"), env=self.environment(), input=rows.getvalue())
        self.version = run([POSTGRESQL / "postgres", "--version"]).split("(PostgreSQL) ")[1].split()[0]

    def secret(self):
        path = self.folder / "secret"
        path.write_text(SECRET)
        path.chmod(0o644)
        return str(path)

    def environment(self):
        return dict(os.environ, PGPASSWORD=SECRET, PGSSLMODE="disable", PGGSSENCMODE="disable")

    def psql(self, user, database, *rest):
        return [str(POSTGRESQL / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
                "-U", user, "-d", database, "-o", "/dev/null", *rest]

    def sql(self, *statements):
        commands = [word for statement in statements for word in ("-c", statement)]
        return lambda: run(self.psql(USER, DATABASE, *commands), env=self.environment())

    def prepared(self, mode):
        def call():
            script = self.folder / "export.sql"
            script.write_text("select * from customers;\n")
            run([POSTGRESQL / "pgbench", "-n", "-M", mode, "-t", 1, "-c", 1, "-f", script, "-h", "127.0.0.1", "-p", self.port,
                 "-U", USER, DATABASE], env=self.environment())
        return call

    def dump(self, *options):
        return lambda: run([POSTGRESQL / "pg_dump", *options, "-t", "customers", "-h", "127.0.0.1", "-p", self.port, "-U", USER,
                            "-f", "/dev/null", DATABASE], env=self.environment())

    def cases(self):
        fetches = ["begin", "declare c cursor for select * from customers", *["fetch 1000 from c"] * 5, "close c", "commit"]
        base = dict(kind="statement", proto="postgresql", user=USER, db=DATABASE)
        return [
            ("SELECT", self.sql("select * from customers"), dict(base, op="SELECT", lines=1)),
            ("SELECT … LIMIT in parts", self.sql(
                *[f"select * from customers order by id limit 500 offset {n * 500}" for n in range(10)]),
             dict(base, op="SELECT", lines=10)),
            ("COPY … TO STDOUT", self.sql("copy customers to stdout"), dict(base, op="COPY", lines=1)),
            ("COPY (SELECT …) TO STDOUT, CSV", self.sql("copy (select * from customers) to stdout csv header"),
             dict(base, op="COPY", lines=1)),
            ("COPY … TO STDOUT, binary", self.sql("copy customers to stdout binary"), dict(base, op="COPY", lines=1)),
            ("pg_dump", self.dump(), dict(base, op="COPY", lines=1)),
            ("pg_dump --inserts", self.dump("--inserts"), dict(base, op="FETCH", lines=51)),
            ("FETCH from a cursor", self.sql(*fetches), dict(base, op="FETCH", lines=5)),
            ("psql with FETCH_COUNT", self.sql("\\set FETCH_COUNT 700", "select * from customers"),
             dict(base, op="FETCH", lines=8)),
            ("extended protocol", self.prepared("extended"), dict(base, op="SELECT", lines=1)),
            ("prepared statement", self.prepared("prepared"), dict(base, op="SELECT", lines=1)),
            ("PREPARE, EXECUTE", self.sql("prepare export as select * from customers", "execute export"),
             dict(base, op="SELECT", lines=1)),
            ("UPDATE … RETURNING", self.sql("update customers set phone = phone returning *"),
             dict(base, op="UPDATE", lines=1)),
        ]


class MariaDB(Server):
    name = "mariadb"

    def __init__(self, work):
        super().__init__(work / self.name, "mysql")
        data = self.folder / "data"
        run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=mysql", "--auth-root-authentication-method=normal",
             "--skip-test-db", f"--tmpdir={self.folder}"])
        socket_ = self.folder / "s"
        self.start(["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--port={self.port}", "--bind-address=127.0.0.1",
                    f"--socket={socket_}", f"--pid-file={self.folder}/pid", f"--tmpdir={self.folder}", "--skip-name-resolve",
                    "--character-set-server=utf8mb4"])
        def text(value):
            return "null" if value is None else "'" + str(value).replace("'", "''") + "'"
        rows = ",\n".join("(" + ",".join(map(text, row)) + ")" for row in records())
        run(["mariadb", "--no-defaults", "-u", "root", f"--socket={socket_}"], input=(
            f"create database {DATABASE}; create user {USER}@'127.0.0.1' identified by '{SECRET}';"
            f"grant all on {DATABASE}.* to {USER}@'127.0.0.1'; use {DATABASE};"
            "create table customers(id int primary key, name varchar(80), phone varchar(40), note text);"
            f"insert into customers values {rows};"
            "create procedure export() select * from customers;"))
        self.version = run(["/usr/sbin/mariadbd", "--no-defaults", "--version"]).split("Ver ")[1].split("-")[0]

    def client(self, tool, *rest):
        return [tool, "--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", str(self.port), "-u", USER,
                "-p" + SECRET, *rest]

    def sql(self, statement, *options):
        return lambda: run(self.client("mariadb", *options, DATABASE, "-e", statement), stdin=subprocess.DEVNULL)

    def prepared(self, cursor=False, is_compressed=False):
        """By Debian's own client library: rows in its binary form, fetched from a cursor or not."""
        def call():
            lib = ctypes.CDLL("libmariadb.so.3")
            for name in ("mysql_init", "mysql_real_connect", "mysql_stmt_init", "mysql_stmt_error", "mysql_error"):
                getattr(lib, name).restype = ctypes.c_void_p
            lib.mysql_stmt_num_rows.restype = ctypes.c_ulonglong
            db = ctypes.c_void_p(lib.mysql_init(None))
            if is_compressed:
                lib.mysql_options(db, 1, None)  # MYSQL_OPT_COMPRESS
            def check(is_good, text):
                if not is_good:
                    sys.exit("servers: libmariadb: " + ctypes.string_at(text).decode())
            check(lib.mysql_real_connect(db, b"127.0.0.1", USER.encode(), SECRET.encode(), DATABASE.encode(), self.port, None,
                                         ctypes.c_ulong(0)), lib.mysql_error(db))
            statement = ctypes.c_void_p(lib.mysql_stmt_init(db))
            if cursor:
                lib.mysql_stmt_attr_set(statement, 1, ctypes.byref(ctypes.c_ulong(1)))  # CURSOR_TYPE_READ_ONLY
                lib.mysql_stmt_attr_set(statement, 2, ctypes.byref(ctypes.c_ulong(1000)))  # PREFETCH_ROWS
            text = b"select * from customers where id > 0"
            check(lib.mysql_stmt_prepare(statement, text, ctypes.c_ulong(len(text))) == 0, lib.mysql_stmt_error(statement))
            check(lib.mysql_stmt_execute(statement) == 0, lib.mysql_stmt_error(statement))
            count = 0
            while lib.mysql_stmt_fetch(statement) in (0, 101):
                count += 1
            if count != RECORDS:
                sys.exit(f"servers: libmariadb fetched {count} rows")
            lib.mysql_stmt_close(statement)
            lib.mysql_close(db)
        return call

    def dump(self, *options):
        return lambda: run(self.client("mariadb-dump", *options, "-r", "/dev/null", DATABASE, "customers"))

    def cases(self):
        base = dict(kind="statement", proto="mysql", user=USER, db=DATABASE)
        return [
            ("SELECT, text rows", self.sql("select * from customers"), dict(base, op="SELECT", lines=1)),
            ("SELECT, rows as they come (--quick)", self.sql("select * from customers", "--quick"),
             dict(base, op="SELECT", lines=1)),
            ("SELECT, compressed protocol", self.sql("select * from customers", "--compress"),
             dict(base, op="SELECT", lines=1)),
            ("prepared, binary rows", self.prepared(), dict(base, op="SELECT", lines=1)),
            ("prepared, binary rows, compressed", self.prepared(is_compressed=True), dict(base, op="SELECT", lines=1)),
            ("prepared, fetched from a cursor", self.prepared(cursor=True), dict(base, op="SELECT", lines=None)),
            ("PREPARE, EXECUTE", self.sql("prepare s from 'select * from customers'; execute s"),
             dict(base, op="EXECUTE", lines=1)),
            ("HANDLER … READ", self.sql("handler customers open; handler customers read first limit 9999;"
                                        " handler customers close"), dict(base, op="HANDLER", lines=3)),
            ("CALL of a procedure", self.sql("call export()"), dict(base, op="CALL", lines=1)),
            # It asks what else there is before it takes the rows: that is no export.
            ("mariadb-dump", self.dump(), dict(base, op="SELECT", lines=1)),
            ("mariadb-dump --compress", self.dump("--compress"), dict(base, op="SELECT", lines=1)),
        ]


class Nginx(Server):
    name = "nginx"
    encryption = ""

    def __init__(self, work):
        super().__init__(work / self.name, "www-data")
        self.prepare()
        files = self.folder / "files"
        files.mkdir()
        names = ("id", "name", "phone", "note")
        rows = [dict(zip(names, row)) for row in records()]
        with open(files / "customers.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
        (files / "customers.json").write_text(json.dumps({"count": RECORDS, "items": rows}, ensure_ascii=False))
        (files / "array.json").write_text(json.dumps(rows, indent=1))
        (files / "customers.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
        secret = base64.b64encode(__import__("hashlib").sha1(SECRET.encode()).digest()).decode()
        (self.folder / "users").write_text(f"{USER}:{{SHA}}{secret}\n")
        (self.folder / "nginx.conf").write_text(f"""
user www-data;
daemon off;
pid {self.folder}/pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {self.folder}/t1; proxy_temp_path {self.folder}/t2; fastcgi_temp_path {self.folder}/t3;
  uwsgi_temp_path {self.folder}/t4; scgi_temp_path {self.folder}/t5;
  types {{ text/csv csv; application/json json; application/x-ndjson ndjson; }}
  server {{
    listen 127.0.0.1:{self.port}{self.encryption};
    auth_basic crm; auth_basic_user_file {self.folder}/users;
    root {files};
    location /gzip/ {{ alias {files}/; gzip on; gzip_types *; }}
    location /chunked/ {{ alias {files}/; sub_filter_types *; sub_filter 'what is not there' ''; }}
  }}
}}
""")
        self.size = (files / "customers.csv").stat().st_size
        self.start(["/usr/sbin/nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"], account="root")
        self.version = subprocess.run(["/usr/sbin/nginx", "-v"], capture_output=True, text=True).stderr.split("/")[1].split()[0]

    def prepare(self):
        pass

    def get(self, *options):
        return lambda: run(["curl", "-sSf", "-u", f"{USER}:{SECRET}", *options])

    def cases(self):
        base = dict(kind="request", proto="http", user=USER, db=None, op="GET", status="200", lines=1)
        def url(path):
            return ["-o", "/dev/null", f"http://127.0.0.1:{self.port}{path}"]
        whole = self.size
        ranges = [["-r", f"{whole * n // 4}-{whole * (n + 1) // 4 - 1}", *url("/customers.csv")] for n in range(4)]
        joined = [word for n, part in enumerate(ranges) for word in (["--next", "-sSf", "-u", f"{USER}:{SECRET}"] if n else [])
                  + part]
        each = [self.get(*part) for part in ranges]
        return [
            ("CSV", self.get(*url("/customers.csv")), base),
            ("CSV, gzip", self.get("--compressed", *url("/gzip/customers.csv")), base),
            ("CSV, chunked", self.get(*url("/chunked/customers.csv")), base),
            ("CSV, HTTP/1.0", self.get("--http1.0", *url("/chunked/customers.csv")), base),
            ("CSV, four ranges on one connection", self.get(*joined), dict(base, status="206", lines=4)),
            ("CSV, four ranges on four connections", lambda: [part() for part in each], dict(base, status="206", lines=4)),
            ("JSON, items within an object", self.get(*url("/customers.json")), base),
            ("JSON, an array", self.get(*url("/array.json")), base),
            ("JSON, gzip", self.get("--compressed", *url("/gzip/array.json")), base),
            ("NDJSON", self.get(*url("/customers.ndjson")), base),
            ("NDJSON, gzip", self.get("--compressed", *url("/gzip/customers.ndjson")), base),
        ]


class HTTPS(Nginx):
    """The client logs its secrets, as browsers and programs do by `SSLKEYLOGFILE`."""

    name = "nginx-https"
    encryption = " ssl"

    def prepare(self):
        self.secrets = self.folder / "secrets"
        self.secrets.touch()
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=crm.example", "-keyout", self.folder / "key.pem", "-out", self.folder / "certificate.pem"])
        self.encryption = (f" ssl; ssl_certificate {self.folder}/certificate.pem; ssl_certificate_key {self.folder}/key.pem;"
                           " ssl_protocols TLSv1.2 TLSv1.3")

    def get(self, *options):
        # HTTP/1.1: what is inside HTTP/2 is not read.
        return lambda: run(["curl", "-sSfk", "--http1.1", "-u", f"{USER}:{SECRET}", *options],
                           env=dict(os.environ, SSLKEYLOGFILE=str(self.secrets)))

    def cases(self):
        base = dict(kind="request", proto="http", user=USER, db=None, op="GET", status="200", lines=1)
        def url(path):
            return ["-o", "/dev/null", f"https://127.0.0.1:{self.port}{path}"]
        old = ["--tls-max", "1.2"]
        ciphers = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-SHA256")
        return [
            ("CSV, TLS 1.3", self.get(*url("/customers.csv")), base),
            ("CSV, gzip, TLS 1.3", self.get("--compressed", *url("/gzip/customers.csv")), base),
            ("JSON, chunked, TLS 1.3, ChaCha20",
             self.get("--tls13-ciphers", "TLS_CHACHA20_POLY1305_SHA256", *url("/chunked/customers.json")), base),
        ] + [(f"CSV, TLS 1.2, {cipher}", self.get(*old, "--ciphers", cipher, *url("/customers.csv")), base) for cipher in ciphers]


class Recorder:
    """Captures one export twice over."""

    def __init__(self, program, work, server):
        self.program, self.folder = program, work
        port, secrets = server.port, getattr(server, "secrets", None)
        self.keys = ["--key-log", str(secrets)] if secrets else []
        self.file, self.live = work / "export.pcap", work / "live"
        filter_ = f"tcp port {port}"
        self.log = open(work / "tcpdump.log", "w")
        self.dump = subprocess.Popen(["tcpdump", "-i", "lo", "--immediate-mode", "-B", "65536", "-U", "-Z", "root",
                                      "-w", str(self.file), filter_],
                                     stdout=subprocess.DEVNULL, stderr=self.log)
        self.capture = subprocess.Popen([program, "capture", "-i", "lo", "-o", str(self.live), "-f", filter_, *self.keys],
                                        stdout=subprocess.DEVNULL, stderr=self.log)
        wait(lambda: "listening on" in (work / "tcpdump.log").read_text(), "tcpdump listens")
        wait(self.live.is_dir, "capture listens")
        time.sleep(0.3)

    def stop(self):
        time.sleep(0.5)
        for process in (self.dump, self.capture):
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        self.log.close()
        text = (self.folder / "tcpdump.log").read_text()
        if "\n0 packets dropped by kernel" not in text:
            sys.exit("servers: packets were dropped: the capture proves nothing\n" + text)


ESTATE = f"""
accounts:
  - {{name: {USER}, role: admin}}
policy:
  limits:
    admin: {{24h: {RECORDS - 1}}}
"""


def judge(program, recorder, expected):
    """What is not as it should be, as a list; empty: all is."""
    problems = []

    def exported(lines):
        found = [line for line in lines if line["kind"] == expected["kind"] and ("rows" in line or "rows_at_least" in line)
                 and line.get("op") == expected["op"] and not any(word in line.get("text", "") for word in ("pg_catalog", "SCHEMA", "schema", "@@"))]
        for line in found:
            for key in ("proto", "user", "db", "status"):
                if key in expected and line.get(key) != expected[key]:
                    problems.append(f"{key} {line.get(key)}, not {expected[key]}")
            if line.get("ok") is not True:
                problems.append(f"ok is {line.get('ok')}")
            if "rows_at_least" in line:
                problems.append("only a lower bound")
            if line.get("rows_stated", line.get("rows")) != line.get("rows"):
                problems.append(f"{line.get('rows')} rows, {line['rows_stated']} stated")
        return found

    def tell(lines):
        return sorted(tuple(str(line.get(key)) for key in ("kind", "user", "db", "op", "text", "status", "ok", "rows", "bytes_out"))
                      for line in lines if line["kind"] not in ("flow", "notice"))

    lines = [json.loads(line) for line in run([program, "capture", "-r", recorder.file, "-o", "-", *recorder.keys]).splitlines()]
    for line in lines:
        if line["kind"] == "notice" and line["op"] != "sum":
            problems.append("notice " + line["op"])
    found = exported(lines)
    told = sum(line.get("rows", line.get("rows_at_least", 0)) for line in found)
    if told != RECORDS:
        problems.append(f"{told} records in {len(found)} lines")
    if expected["lines"] not in (None, len(found)):
        problems.append(f"{len(found)} lines, not {expected['lines']}")
    live = [json.loads(line) for path in sorted(recorder.live.glob("*.jsonl")) for line in open(path)]
    if tell(live) != tell(lines):
        problems.append("captured live it tells something else")

    configuration = recorder.folder / "ometsuke.yml"
    configuration.write_text(ESTATE)
    done = subprocess.run([program, "scan", "-q", "-c", str(configuration), "-f", "jsonl", "--detectors", "bulk-export", "--fail-on",
                           "never", *recorder.keys, str(recorder.file)], capture_output=True, text=True)
    if done.returncode != 0:
        problems.append(f"scan: {done.returncode} {done.stderr[:200]}")
        return told, None, problems
    result = [json.loads(line) for line in done.stdout.splitlines()]
    incidents = [line for line in result if line["kind"] == "incident"]
    taken = [(incident["accounts"], incident["records"]) for incident in incidents]
    exact = {"low": RECORDS, "high": RECORDS, "quality": "exact"}
    if taken != [([USER], exact)]:
        problems.append(f"scan finds {taken}")
    for incident in incidents:
        if incident["terminals"] != ["127.0.0.1"]:
            problems.append(f"terminals {incident['terminals']}")
    rejected = sum(source["rejected"] for line in result if line["kind"] == "coverage" for source in line["sources"])
    if rejected:
        problems.append(f"{rejected} lines rejected")
    return told, taken[0][1]["low"] if len(taken) == 1 else None, problems


def install():
    paths = {"postgresql": POSTGRESQL / "postgres", "pgbench": POSTGRESQL / "pgbench", "mariadb": "/usr/sbin/mariadbd",
             "nginx": "/usr/sbin/nginx", "tcpdump": "/usr/bin/tcpdump", "curl": "/usr/bin/curl",
             "openssl": "/usr/bin/openssl"}
    missing = sorted({PACKAGES[name] for name, path in paths.items() if not os.path.exists(path)})
    if not missing:
        return
    print("installing " + " ".join(missing), flush=True)
    # Debian's packages start their servers as they are installed, unless a policy says otherwise.
    policy = pathlib.Path("/usr/sbin/policy-rc.d")
    is_ours = not policy.exists()
    if is_ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    finally:
        if is_ours:
            policy.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--only", help="cases whose names hold this")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    parser.add_argument("--publish", help="write the table to this page")
    chosen = parser.parse_args()
    program = os.path.abspath(chosen.program)
    if os.geteuid() != 0:
        sys.exit("servers: as root: it captures on loopback and starts servers as their own users")
    install()
    work = pathlib.Path(tempfile.mkdtemp(prefix="ometsuke-servers-"))
    work.chmod(0o755)
    rows, failures, versions, servers = [], 0, [], []
    try:
        for kind in (PostgreSQL, MariaDB, Nginx, HTTPS):
            server = kind(work)
            servers.append(server)
            if kind is not HTTPS:
                versions.append(f"{kind.__name__} {server.version}")
            for number, (name, call, expected) in enumerate(server.cases()):
                if chosen.only and chosen.only.lower() not in f"{kind.__name__} {name}".lower():
                    continue
                folder = work / f"{server.name}-{number}"
                folder.mkdir()
                recorder = Recorder(program, folder, server)
                call()
                recorder.stop()
                told, taken, problems = judge(program, recorder, expected)
                failures += bool(problems)
                rows.append(f"| {kind.__name__} | {name} | {told:,} | {'–' if taken is None else f'{taken:,}'} | "
                            f"{'; '.join(sorted(set(problems))) or 'yes'} |")
                print(rows[-1], flush=True)
            server.stop(signal.SIGINT if kind is PostgreSQL else signal.SIGTERM)
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.process.kill()
        if chosen.keep:
            print(work)
        else:
            shutil.rmtree(work)
    print(f"{len(rows)} exports of {RECORDS:,} records, {failures} not found as they were")
    if chosen.publish and not chosen.only:
        page = f"""# How many records are found that real servers exported

Made by `make servers` on {datetime.date.today()}: {', '.join(versions)} from Debian ({platform.machine()}) on loopback, {RECORDS:,} records
each time, with quotes, line ends and Japanese in them. *On the wire*: rows in the lines of the capture. *Scan*: records
of the one incident that `scan` tells, exact, by `{USER}` from 127.0.0.1. *As it was*: account, database, kind, status and outcome of
each line, no row only estimated, nothing missing, and `capture -i lo` told the same as it happened.

| server | export | on the wire | scan | as it was |
|---|---|---|---|---|
""" + "\n".join(rows) + "\n"
        pathlib.Path(chosen.publish).write_text(page)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
