#!/usr/bin/env python3
"""Makes the sample estate: two months of logs of a fictional call centre, with one leak in them.

Deterministic: a fixed seed, no clock, no environment. Python 3 standard library and the `zstd`
command. It rewrites every generated file (README.md lists them).

Every taking is in `leak`, and only there. How a line looks is in `sources.py`.
"""

import bz2
import csv
import datetime as dt
import gzip
import io
import lzma
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

from sources import *  # noqa: E402, F403

HERE = pathlib.Path(__file__).resolve().parent


# ---------------------------------------------------------------- what happens
MAIN = [owner for owner in PRIVATE for _ in range(owner.operators)]
next_customer = {owner.code: rng.randrange(owner.delivered) for owner in OWNERS}
call_serial = 0


def operators_day(day):
    """60 … 220 views a day each, 3–8 % of them without a call."""
    global call_serial
    share = 0.55 if is_working(day) else 0.22
    views = []
    for index, user in enumerate(OPERATORS):
        if rng.random() > share:
            continue
        begin = rng.choice([9, 9, 10, 11, 12])
        app_log(at(day, begin, 0, rng.randint(0, 59), rng.randrange(1000)), user, "login")
        web_log(at(day, begin, 1, rng.randint(0, 59)), user, "/menu", 5120)
        web_log(at(day, begin, 1, 59), user, f"/progress?owner={MAIN[index].slug}", 18_400)
        if rng.random() < 0.05:
            app_log(at(day, begin - 1, 59, rng.randint(0, 59)), user, "login_failed")
        no_call = rng.uniform(0.03, 0.08)
        count = max(60, min(220, int(rng.gauss(95, 22))))
        step = 8 * 3600 // count
        clock = at(day, begin, 3)
        for _ in range(count):
            clock += dt.timedelta(seconds=rng.randint(step // 2, step * 3 // 2))
            pick = rng.random()
            owner = (OWNERS[5] if pick < 0.07 else OWNERS[6] if pick < 0.085
                     else OWNERS[7] if pick < 0.1 else MAIN[index])
            views.append((clock, user, owner, rng.random() < no_call))
        app_log(later(clock, 20, 300), user, "logout")
    for clock, user, owner, without in sorted(views, key=lambda v: (v[0], v[1])):
        customer = next_customer[owner.code] = (next_customer[owner.code] + 1) % owner.delivered
        call_serial += not without
        app_log(clock, user, "view", screen="customer", list=f"{owner.slug}/calls", owner=owner.name,
                rows=1, bytes=1840, customer_id=f"{owner.code}{customer:06}",
                call_id=None if without else f"C{call_serial:07}")


def supervisors_day(day):
    working = is_working(day)
    duty = SUPERVISORS if working else SUPERVISORS[day.day % 4:][:1]
    for user in duty:
        login = moment(day, 8, 9)
        app_log(login, user, "login")
        web_log(later(login, 5, 60), user, "/menu", 5120)
        for _ in range(rng.randint(2, 6)):
            web_log(moment(day, 9, 18), user, rng.choice(["/shift", "/progress", "/help/scripts"]),
                    rng.choice([7300, 18_400, 24_812]))
        for _ in range(rng.randint(1, 3)):
            owner = rng.choice(OWNERS[:6])
            legacy_log(moment(day, 9, 18), user, "帳票出力", rng.choice(["日次稼働表", "架電結果一覧"]),
                       owner, rng.randint(8, 45))
        app_log(moment(day, 18, 19), user, "logout")
    if not working:
        return
    if day.weekday() in (0, 2):  # campaign lists, with the campaign's ticket
        for owner in rng.sample(PRIVATE, 2):
            user, rows = rng.choice(SUPERVISORS), rng.randint(1_000, min(20_000, owner.delivered // 12))
            most = -(-rows // 1000) * 1000 + 1000
            begin = at(day, 9, 30)
            number = ticket("CL", "Mirai Contact Center", user, owner, most, begin - dt.timedelta(days=1),
                            at(day, 20), "sup01" if user != "sup01" else "sup02",
                            begin - dt.timedelta(hours=16), "campaign list")
            if rng.random() < 0.7:
                app_export(moment(day, 10, 17), user, owner, rows, number, "list_extract",
                           what=f"CL-{number[-4:]}")
            else:  # through the web portal: bytes only
                tickets[-1][4] = -(-rows * 3 // 2 // 1000) * 1000 + 1000
                web_log(moment(day, 10, 17), user, f"/lists/{owner.slug}/CL-{number[-4:]}.csv",
                        rows * 196 + 96)


def month_end(day):
    """The month's call results go back to each private owner, on its order."""
    for owner in PRIVATE:
        rows = owner.delivered // 16 + rng.randint(0, 500)
        number = ticket("ME", owner.name, "sup01", owner, -(-rows // 1000) * 1000 + 2000,
                        at(day, 8), at(day, 20), "sup02", at(day, 8, 30), "month-end result")
        app_export(moment(day, 15, 18), "sup01", owner, rows, number, "result_export",
                   what="result-" + day.strftime("%Y%m"))


PROBES = [
    ("select count(*) from {t}", 1), ("select id, plan from {t} where id = 'X{n:06}'", 1),
    ("select id,\n       plan,  -- as the form shows it\n       updated_at\nfrom {t}\n"
     "where postcode = '0{n:06}' and plan = 'a, \"b\"'", 4),
]


def maintenance_day(day):
    """What administrators do all day: checks, counts, single rows; never a bulk read here."""
    for user in ADMINS:
        if not is_working(day) or rng.random() < 0.25:
            continue
        host = MNT_PC[ADDRESS[user]]
        logon(moment(day, 9, 10), host, user, f"192.0.2.{rng.randint(71, 76)}")
        if rng.random() < 0.5:
            time = moment(day, 10, 17)
            syslog(time, host, f"sudo[{rng.randint(900, 9000)}]",
                   f"{user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/apt-get update")
        if rng.random() < 0.6:
            session = Session(moment(day, 10, 17), user, ADDRESS[user], "psql")
            session.run("READ", "SELECT", "select pid, state, query from pg_stat_activity", 9,
                        [("VIEW", "pg_catalog.pg_stat_activity")])
            for _ in range(rng.randint(1, 3)):
                owner, (sql, rows) = rng.choice(OWNERS[:6]), rng.choice(PROBES)
                session.run("READ", "SELECT", sql.format(t=owner.table, n=rng.randrange(9_999)),
                            rows, [("TABLE", owner.table)])
            session.close()
    if is_working(day) and rng.random() < 0.6:  # the shared account, ordinary use
        address = f"192.0.2.{rng.choice([41, 42, 44, 46])}"
        session = Session(moment(day, 10, 17), "sysadmin", address, "psql")
        session.run("READ", "SELECT", "select datname, numbackends from pg_stat_database", 3,
                    [("VIEW", "pg_catalog.pg_stat_database")])
        session.run("MISC", "SHOW", "show work_mem")
        session.close()
    if day.weekday() == 5:
        session = Session(at(day, 22, 5), "dba01", ADDRESS["dba01"], "psql")
        for owner in OWNERS:
            session.run("MISC", "VACUUM", f"vacuum (analyze) {owner.table}", seconds=(5, 60))
        session.run("MISC", "REINDEX", "reindex schema ops", seconds=(5, 60))
        session.run("READ", "DECLARE CURSOR", "declare c1 cursor for select day, calls from ops.call_stats",
                    tag="DECLARE CURSOR")
        session.run("MISC", "FETCH", "fetch 50 from c1")
        session.close()
    if day.weekday() == 3:
        time = later(moment(day, 14, 16), 0, 5)
        session = Session(time, "dba02", ADDRESS["dba02"], "psql")
        sql = "select day, sum(calls) from ops.call_stats group by day"
        session.time = later(session.time, 30, 31)
        session.emit("SELECT", "canceling statement due to statement timeout", "ERROR", "57014", sql)
        session.close()
        cti_session(moment(day, 14, 16), "dba02", ADDRESS["dba02"],
                    [("", "show full processlist"), ("", "show engine innodb status")])


def hosts_day(day):
    for n, host in enumerate(MNT_PC.values()):
        syslog(at(day, 6, 25, n), host, f"CRON[{rng.randint(900, 9000)}]",
               "(root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)")
        if rng.random() < 0.03:
            syslog(moment(day, 9, 17), host, "kernel", f"[{rng.randint(900, 9000)}.421337] usb 1-3: "
                   "Product: USB Optical Mouse")
    for hour in range(9, 21):
        cti_session(at(day, hour, 5, rng.randint(0, 9)), "report_bot", REPORT_HOST, [
            ("call_history", "select owner, count(*)\nfrom call_history\n"
             "where started >= now() - interval 1 hour and state = 'done'\ngroup by owner")])
    cti_session(at(day, 3, 10, rng.randint(0, 9)), "batch_backup", BACKUP_HOST, [
        ("", "LOCK TABLES `call_history` READ /*!32311 LOCAL */"),
        ("call_history", "SELECT /*!40001 SQL_NO_CACHE */ `id`, `tel`, `owner`, `started`, `state` "
         "FROM `call_history`")])
    for hour in (0, 6, 12, 18):
        server_line(at(day, hour, 15, 2, rng.randrange(1000)), "checkpoint starting: time")
        server_line(at(day, hour, 19, 31, rng.randrange(1000)),
                    f"checkpoint complete: wrote {rng.randint(200, 4000)} buffers (1.9%); "
                    "0 WAL file(s) added, 0 removed, 2 recycled")
        session = Session(at(day, hour, 20, 0, rng.randrange(1000)), "app_crm", APP_HOST, "crm-app")
        session.close()


# (day, account, owner, rows, approved, through psql)
SUPPORT = [
    ((4, 3), "adm.mori", "Kita Denryoku", 850, 1_000, False),
    ((4, 5), "adm.endo", "Nishi Telecom", 640, 1_000, True),
    ((4, 11), "adm.ueda", "Sakura Hoken", 1_430, 1_500, False),
    ((4, 16), "sysadmin", "Nishi Telecom", 2_210, 3_000, False),
    ((4, 19), "adm.mori", "Aozora Tsuhan", 380, 500, True),
    ((4, 24), "adm.kuroda", "Minato Gas", 960, 1_000, False),
    ((5, 2), "adm.hayashi", "Kita Denryoku", 4_300, 5_000, False),
    ((5, 10), "adm.ueda", "Kenko Shien Kiko", 290, 300, True),
    ((5, 17), "adm.mori", "Nishi Telecom", 1_750, 2_000, False),
    ((5, 22), "sysadmin", "Kita Denryoku", 2_900, 3_000, False),
    ((5, 29), "adm.endo", "Minato Gas", 520, 600, True),
]


def support():
    """Exports on the contractor's instruction ("the download fails"), all within scope."""
    for (month, number), user, name, rows, most, psql in SUPPORT:
        day, owner = dt.date(2024, month, number), BY_NAME[name]
        address = ADDRESS.get(user, "192.0.2.41")
        time = moment(day, 11, 16)
        reference = ticket("MT", "Mirai Contact Center", user, owner, most, at(day, 9, 10), at(day, 18),
                           "sup02", at(day, 9, 40), "download fails in the application")
        if psql:
            session = Session(time, user, address, "psql")
            session.run("READ", "SELECT", f"select {COLUMNS}\nfrom {owner.table}\n"
                        f"where updated_at >= date '{day}' - 3", rows, [("TABLE", owner.table)])
            session.close()
        else:
            app_export(time, user, owner, rows, reference, ip=address, what="support")
    # Approved the next morning: late, but within 24 hours.
    day, owner = dt.date(2024, 5, 14), BY_NAME["Nishi Telecom"]
    reference = ticket("MT", "Mirai Contact Center", "adm.endo", owner, 4_000, at(day, 16, 55),
                       at(day + dt.timedelta(days=1), 18), "sup03",
                       at(day + dt.timedelta(days=1), 10, 10), "urgent, entered afterwards")
    app_export(at(day, 15, 40, 12, 310), "adm.endo", owner, 3_200, reference, what="support")
    # Tickets that touch no customer data.
    for n, day in enumerate(d for d in DAYS if d.weekday() in (1, 3)):
        ticket("MT", "Mirai Contact Center", rng.choice(ADMINS), None, 0, at(day, 9), at(day, 18), "sup04",
               at(day, 9, 15), ["printer driver", "password reset", "shift screen slow"][n % 3])
    # A registered stick on another terminal: a device, no export before it.
    usb_stick(at(dt.date(2024, 4, 22), 11, 2, 5), "mnt-pc01", "Company Data Carrier", "HBS-0007")


def leak():
    """Shared `sysadmin` on mnt-pc03, working days, office hours: five takings of four owners."""
    terminal = "192.0.2.43"

    def stick(day, hour, minute):
        usb_stick(at(dt.date(2024, *day), hour, minute, 9), "mnt-pc03", "Ultra Fit", "4C530001230717")

    app_export(at(dt.date(2024, 4, 9), 10, 42, 17, 204), "sysadmin", BY_NAME["Minato Gas"], 48_200,
               ip=terminal, what="all-active")
    stick((4, 9), 10, 58)

    session = Session(at(dt.date(2024, 4, 18), 14, 15, 41), "sysadmin", terminal, "psql")
    session.run("READ", "SELECT", "select count(*) from aozora_tsuhan.customers", 1,
                [("TABLE", "aozora_tsuhan.customers")])
    session.run("READ", "COPY", "copy aozora_tsuhan.customers to stdout with csv header", seconds=(20, 30))
    session.close()
    stick((4, 18), 14, 31)

    day = dt.date(2024, 5, 8)
    reference = ticket("MT", "Mirai Contact Center", "sysadmin", BY_NAME["Sakura Hoken"], 2_000,
                       at(day, 9, 20), at(day, 18), "sup02", at(day, 9, 50), "download fails: renewals of May")
    app_export(at(day, 11, 5, 33, 870), "sysadmin", BY_NAME["Sakura Hoken"], 30_000, reference,
               ip=terminal, what="renewals")

    app_export(at(dt.date(2024, 5, 16), 15, 33, 2, 118), "sysadmin", BY_NAME["Yamabuki City"], 1_200,
               ip=terminal, what="all")
    stick((5, 16), 15, 47)

    session = Session(at(dt.date(2024, 5, 27), 13, 20, 50), "sysadmin", terminal, "psql")
    session.copy_query("copy (select name, kana, postcode, address, tel\n      from minato_gas.customers\n"
                       "      where plan <> 'closed') to stdout with (format csv)",
                       "minato_gas.customers", 61_000)
    session.close()
    stick((5, 27), 13, 40)


# ---------------------------------------------------------------- writing
def text_of(lines):
    lines.sort(key=lambda pair: pair[0])
    return "".join(line + "\n" for _, line in lines)


def write(name, data):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(".gz"):
        buffer = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as out:
            out.write(data)
        data = buffer.getvalue()
    elif name.endswith(".xz"):
        data = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
    elif name.endswith(".bz2"):
        data = bz2.compress(data, 9)
    elif name.endswith(".zst"):
        data = subprocess.run(["zstd", "-q", "-19", "--single-thread", "--long=24", "-c"], input=data,
                              capture_output=True, check=True).stdout
    path.write_bytes(data)


def month(lines, number):
    return [pair for pair in lines if pair[0].month == number]


def main():
    for day in DAYS:
        operators_day(day)
        supervisors_day(day)
        maintenance_day(day)
        hosts_day(day)
        nightly_dump(day)
        nightly_report(day)
    for day in (dt.date(2024, 4, 30), dt.date(2024, 5, 31)):
        month_end(day)
    support()
    leak()

    write("app/crm-audit-2024-04.jsonl.zst", text_of(month(app, 4)).encode())
    write("app/crm-audit-2024-05.jsonl.xz", text_of(month(app, 5)).encode())
    for day in DAYS:
        lines = text_of([pair for pair in pg if pair[0].date() == day]).encode()
        write(f"postgresql/postgresql-{day}.csv.gz", lines)
    write("web/access-2024-04.log.bz2", text_of(month(web, 4)).encode())
    write("web/access-2024-05.log.gz", text_of(month(web, 5)).encode())
    write("cti/server_audit-2024-04.log.gz", text_of(month(cti, 4)).encode())
    write("cti/server_audit-2024-05.log.xz", text_of(month(cti, 5)).encode())
    write("syslog/maintenance-2024-04.log", text_of(month(sys_log, 4)).encode())
    write("syslog/maintenance-2024-05.log.gz", text_of(month(sys_log, 5)).encode())
    header = "日時,利用者,端末,操作,帳票名,委託元,件数,結果\r\n"
    for number in (4, 5):
        body = header + text_of(month(legacy, number)).replace("\n", "\r\n")
        write(f"legacy/report-2024-{number:02}.csv", body.encode("cp932"))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "requested_by", "executor", "owner", "most_records", "opened", "closed",
                     "approver", "approved", "subject"])
    writer.writerows(sorted(tickets, key=lambda row: (row[5], row[0])))
    write("tickets.csv", out.getvalue().encode())
    total = sum(len(source) for source in (app, pg, web, cti, sys_log, legacy))
    print(f"{total} records, {len(tickets)} tickets", file=sys.stderr)


if __name__ == "__main__":
    main()
