#!/usr/bin/env python3
"""Writes the logs that compare.py measures with. Seeded: the same arguments give the same bytes.

full    JSON Lines of an application's audit log: 17 fields, about 360 bytes, 5,000 accounts, 69 owners
web     combined access log with users
csvlog  PostgreSQL 15 csvlog (26 columns) with pgaudit rows, one record in five over several lines

Times ascend. The period is 30 days for 3.2 million events and in proportion for other sizes, so that a
window of 24 hours always holds as many events of an account.
"""
import argparse
import random
import time

ACCOUNTS, OWNERS = 5_000, 69
START = 1_775_001_600  # 2026-04-01T00:00:00Z
EVENTS_IN_30_DAYS = 3_200_000
BLOCK = 20_000
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Clock:
    """Ascending milliseconds; the text of a second is made once."""

    def __init__(self, rng, events, days, layout):
        self.rng, self.layout = rng, layout
        self.step = max(2, round(2 * days * 86_400_000 / events))
        self.now, self.second, self.text = START * 1000, -1, ""

    def next(self):
        self.now += int(self.rng.random() * self.step)
        second, rest = divmod(self.now, 1000)
        if second != self.second:
            self.second, self.text = second, self.layout(time.gmtime(second))
        return self.text, rest


def iso(t):
    return "%d-%02d-%02dT%02d:%02d:%02d" % t[:6]


def spaced(t):
    return "%d-%02d-%02d %02d:%02d:%02d" % t[:6]


def common(t):
    return "%02d/%s/%d:%02d:%02d:%02d +0000" % (t[2], MONTHS[t[1] - 1], t[0], *t[3:6])


def quantities(rng, count=65_536):
    """Records of one read: mostly a few, one in a hundred a list."""
    return [
        rng.randint(100, 400) if rng.random() < 0.01 else 1 + int(rng.expovariate(1 / 4))
        for _ in range(count)
    ]


def accounts(rng):
    """Accounts as often as they act: most alike, some busy."""
    names = ["user%04d" % number for number in range(ACCOUNTS)]
    return names + [name for name in names[::50] for _ in range(4)]


def address(name):
    """The account's own terminal, in the block for benchmarks (RFC 2544)."""
    return "198.18.%d.%d" % divmod(hash_of(name), 256)


def full(out, events, days, rng):
    clock, rows, names = Clock(rng, events, days, iso), quantities(rng), accounts(rng)
    actions = ("search", "view", "list", "export", "print")
    # Fields that do not vary by themselves are joined once.
    who = [
        '"user":"%s","ip":"%s","host":"app-%02d","session":"%016x","action":"%s","screen":"/customers/%s",'
        % (name, address(name), hash_of(name) % 12, rng.getrandbits(64), action, action)
        for name, action in zip(names, (actions[n % 5] for n in range(len(names))))
    ]
    what = ['"object":"customer_list","owner":"owner-%02d","rows":' % n for n in range(OWNERS)]
    rest = [
        ',"status":200,"duration_ms":%d,"result":"ok","agent":"crm-client/%d.%d.2'
        ' (Windows NT 10.0; Win64; x64)"}\n' % (rng.randint(2, 900), n % 9, n % 7)
        for n in range(1024)
    ]
    random_, bits = rng.random, rng.getrandbits
    done = 0
    while done < events:
        lines = []
        for number in range(done, min(done + BLOCK, events)):
            text, milli = clock.next()
            amount = rows[bits(16)]
            lines.append(
                '{"ts":"%s.%03dZ","id":%d,"request":"%016x",%s%s%d,"bytes":%d%s'
                % (text, milli, number, bits(64), who[int(random_() * len(who))],
                   what[int(random_() * OWNERS)], amount, amount * 180 + 412, rest[bits(10)])
            )
        out.write("".join(lines))
        done += BLOCK


def hash_of(name):
    return int(name[4:]) * 2_654_435_761 % 65_536


def web(out, events, days, rng):
    clock, names = Clock(rng, events, days, common), accounts(rng)
    who = ["%s - %s [" % (address(name), name) for name in names]
    paths = (
        ["/customers/%d" % rng.randint(1, 999_999) for _ in range(6_000)]
        + ["/lists/owner-%02d/export.csv" % n for n in range(OWNERS)] * 20
        + ["/static/app.%d.js" % n for n in range(20)]
    )
    asks = [
        '] "GET %s HTTP/1.1" %d ' % (path, 404 if n % 97 == 0 else 200)
        for n, path in enumerate(paths)
    ]
    rest = [
        ' "https://crm.example/customers?page=%d" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36'
        ' (KHTML, like Gecko) Chrome/14%d.0.0.0 Safari/537.36"\n' % (n, n % 10)
        for n in range(256)
    ]
    random_, bits = rng.random, rng.getrandbits
    done = 0
    while done < events:
        lines = []
        for _ in range(min(BLOCK, events - done)):
            text, _ = clock.next()
            lines.append(
                "%s%s%s%d%s" % (who[int(random_() * len(who))], text, asks[int(random_() * len(asks))],
                                200 + bits(14), rest[bits(8)])
            )
        out.write("".join(lines))
        done += BLOCK


def csvlog(out, events, days, rng):
    clock, rows, names = Clock(rng, events, days, spaced), quantities(rng), accounts(rng)
    random_, bits = rng.random, rng.getrandbits
    tables = ["owner_%02d.customers" % n for n in range(OWNERS)]
    one = [
        '"AUDIT: SESSION,%%d,1,READ,SELECT,TABLE,%s,""select id, name, address, phone from %s where id'
        ' between $1 and $2 order by id"",<not logged>,%%d"' % (table, table)
        for table in tables
    ]
    several = [
        '"AUDIT: SESSION,%%d,1,READ,SELECT,TABLE,%s,""select c.id, c.name, c.phone\n  from %s c\n'
        ' where c.city = \'Yamabuki\'\n order by c.id"",<not logged>,%%d"' % (table, table)
        for table in tables
    ]
    done = 0
    # Each session numbers its own lines, as the server does.
    counts = [0] * len(names)
    while done < events:
        lines = []
        for number in range(done, min(done + BLOCK, events)):
            text, milli = clock.next()
            who = int(random_() * len(names))
            counts[who] += 1
            form = several if number % 5 == 4 else one
            message = form[int(random_() * OWNERS)] % (number, rows[bits(16)])
            lines.append(
                '%s.%03d UTC,"%s","crm",%d,"%s:%d",%x.%x,%d,"SELECT",%s UTC,%d/%d,0,LOG,00000,%s,,,,,,,,,'
                '"crm-client","client backend",,%d\n'
                % (text, milli, names[who], 2000 + who, address(names[who]), 30_000 + who, START, 2000 + who,
                   counts[who], text, who % 60 + 3, number, message, bits(62))
            )
        out.write("".join(lines))
        done += BLOCK


def main():
    kinds = {"full": full, "web": web, "csvlog": csvlog}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("output")
    parser.add_argument("--events", type=int, default=EVENTS_IN_30_DAYS)
    parser.add_argument("--seed", type=int, default=2026)
    chosen = parser.parse_args()
    days = 30 * chosen.events / EVENTS_IN_30_DAYS
    with open(chosen.output, "w", encoding="ascii", buffering=1 << 22, newline="") as out:
        kinds[chosen.kind](out, chosen.events, days, random.Random(chosen.seed))


if __name__ == "__main__":
    main()
