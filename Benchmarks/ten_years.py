#!/usr/bin/env python3
"""Ten years of reads by 200 accounts of the records of 70 owners, a file a day: what the store has to hold.

    Benchmarks/ten_years.py OUT [--years 10] [--reads 2000] [--seed 1] [--unstated 0.01]

Every account reads of every owner, each read with a data subject; an account in a hundred days lists some hundred
records on an instruction, and one in a hundred of these (`--unstated`) has none. OUT gets ometsuke.yml, tickets.csv,
subjects.key and logs/YYYY-MM-DD.jsonl.gz.
Seeded; needs nothing but Python. How the figures are had from it: Benchmarks/README.md.
"""
import argparse
import datetime
import gzip
import os
import random


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--reads", type=int, default=2000, help="reads a day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unstated", type=float, default=0.01, help="share of lists on no instruction")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    os.makedirs(f"{options.out}/logs")
    with open(f"{options.out}/subjects.key", "w") as key:
        key.write("000102030405060708090a0b0c0d0e0f\n")
    os.chmod(f"{options.out}/subjects.key", 0o600)
    sizes = [int(900 * 1.12 ** owner) for owner in range(70)]
    with open(f"{options.out}/ometsuke.yml", "w") as estate:
        estate.write(
            "policy: {time-zone: Asia/Tokyo}\n"
            "sources:\n"
            "  - name: crm\n"
            "    paths: [\"logs/*\"]\n"
            "    format: jsonl\n"
            "    time-zone: UTC\n"
            "    fields:\n"
            "      {time: time, account: user, terminal: ip, operation: {field: action, values: {view: read,"
            " list: export}, otherwise: other}, object: object, owner: owner, records: rows, subject: customer,"
            " ticket: ticket}\n"
            "owners:\n"
        )
        for owner, size in enumerate(sizes):
            estate.write(f"  - {{name: Owner {owner:02}, delivered: {size}}}\n")
        estate.write(
            "tickets: [{file: tickets.csv}]\n"
            "privacy: {key-file: subjects.key}\n"
        )
    first = datetime.date(2014, 4, 1)
    tickets = ["id,requested-by,executor,approver,owner,most-records,opened,closed\n"]
    for day in range(365 * options.years + (options.years + 2) // 4):
        date = first + datetime.timedelta(days=day)
        lines = []
        for read in range(options.reads):
            owner = min(69, int(chance.random() * 70))
            account = int(chance.random() * 200)
            second = int(chance.random() * 36000)
            subject = int(chance.random() ** 2 * sizes[owner])
            lines.append((second, f'"user":"op{account:03}","ip":"192.0.2.{1 + account}","action":"view",'
                          f'"object":"crm.customers","owner":"Owner {owner:02}","rows":1,'
                          f'"customer":"C{owner:02}-{subject:06}"'))
        for account in range(200):
            if chance.random() >= 0.01:
                continue
            owner = int(chance.random() * 70)
            count = 100 + int(chance.random() * 400)
            ticket = f"T-{len(tickets):06}"
            stated = f',"ticket":"{ticket}"'
            if chance.random() < options.unstated:
                stated = ""
            else:
                tickets.append(f"{ticket},lead,op{account:03},chief,Owner {owner:02},{count},{date}T00:00:00Z,"
                               f"{date}T23:59:59Z\n")
            lines.append((20000, f'"user":"op{account:03}","ip":"192.0.2.{1 + account}","action":"list",'
                          f'"object":"crm.customers","owner":"Owner {owner:02}","rows":{count}{stated}'))
        lines.sort()
        text = "".join(
            f'{{"time":"{date}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",{rest}}}\n'
            for second, rest in lines
        )
        with gzip.GzipFile(f"{options.out}/logs/{date}.jsonl.gz", "wb", 1, mtime=0) as log:
            log.write(text.encode())
    with open(f"{options.out}/tickets.csv", "w") as register:
        register.writelines(tickets)


main()
