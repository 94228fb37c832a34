#!/usr/bin/env python3
"""Writes logs/crm.jsonl and tail.jsonl; see README.md."""
import json

operators = ["mori", "abe", "ueda", "kondo", "sakai"]
lines = []


def add(day, hour, minute, user, terminal, action, owner, rows, customer=None):
    record = {"time": f"2024-04-{day:02}T{hour:02}:{minute:02}:00Z", "user": user, "ip": terminal,
              "action": action, "owner": owner, "object": "crm.customers", "rows": rows}
    if customer:
        record["customer"] = customer
    lines.append((day, json.dumps(record)))


for day in range(1, 13):
    for hour in range(1, 9):
        for place, user in enumerate(operators):
            owner = ["Minato Gas", "Tsubaki Town"][(place + hour) % 2]
            customer = f"C{(day * 7 + hour * 3 + place * 11) % 90:04}"
            add(day, hour, place * 7, user, f"192.0.2.{10 + place}", "view", owner, 1, customer)
    if day in (3, 12):
        add(day, 20, 15, "hoshi", "192.0.2.77", "export", "Minato Gas", 60000 if day == 3 else 50000)

with open("logs/crm.jsonl", "w") as output:
    output.writelines(line + "\n" for day, line in lines if day <= 9)
with open("tail.jsonl", "w") as output:
    output.writelines(line + "\n" for day, line in lines if day > 9)
