#!/usr/bin/env python3
"""The opponent: the same work in DuckDB on one thread. `duckdb_sql.py full|web|csvlog FILE OUT`.

DuckDB comes from PyPI into a virtual environment of its own (run.sh). OUT gets one line an account
whose trailing sum passes the threshold, with the peaks while it is passed.
"""
import sys

THRESHOLD = 1_000  # records in 24 hours, as in full.yml and csvlog.yml
WEB_THRESHOLD = 45_000  # bytes of lists in 1 hour, as in web.yml

# Windows are closed at both ends, as ometsuke's are; every event has its own.
FULL = """
COPY (
  SELECT account, max(r1), max(o1), max(r24) AS peak, max(o24) FROM (
    SELECT account,
      sum(records) OVER h AS r1, count(DISTINCT owner) OVER h AS o1,
      sum(records) OVER d AS r24, count(DISTINCT owner) OVER d AS o24
    FROM ({events})
    WINDOW
      h AS (PARTITION BY account ORDER BY moment
            RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
      d AS (PARTITION BY account ORDER BY moment
            RANGE BETWEEN INTERVAL 24 HOUR PRECEDING AND CURRENT ROW)
  ) WHERE r24 > {threshold} GROUP BY account ORDER BY account
) TO '{out}' (HEADER false)
"""

JSON_EVENTS = """
SELECT ts AS moment, "user" AS account, owner, "rows" AS records
FROM read_ndjson('{path}', columns = {{ts: 'TIMESTAMP', "user": 'VARCHAR', owner: 'VARCHAR', "rows": 'BIGINT'}})
"""

WEB = r"""
COPY (
  SELECT account, max(bytes1) AS peak, max(requests1) FROM (
    SELECT account,
      sum(bytes) OVER h AS bytes1, count(*) OVER h AS requests1
    FROM (
      SELECT part.account,
        -- A page whose path ends in a number shows one record, at most.
        CASE WHEN part.path LIKE '/lists/%' AND part.status LIKE '2%' THEN part.bytes::BIGINT
          WHEN part.status NOT SIMILAR TO '[45].*' AND part.path SIMILAR TO '.*/[0-9]+' THEN 1 ELSE 0 END AS bytes,
        strptime(part.moment, '%d/%b/%Y:%H:%M:%S +0000') AS moment
      FROM (
        SELECT regexp_extract(line, '^\S+ \S+ (\S+) \[([^\]]+)\] "\S+ (\S+)[^"]*" (\d+) (\d+)',
          ['account', 'moment', 'path', 'status', 'bytes']) AS part
        FROM read_csv('{path}', columns = {{line: 'VARCHAR'}}, header = false, delim = '\x01',
          quote = '', escape = '', auto_detect = false)
      )
    )
    WINDOW h AS (PARTITION BY account ORDER BY moment
                 RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)
  ) WHERE bytes1 > {threshold} GROUP BY account ORDER BY account
) TO '{out}' (HEADER false)
"""

CSV_EVENTS = r"""
SELECT moment, account, part.owner AS owner, part.records::BIGINT AS records FROM (
  SELECT replace(c0, ' UTC', '')::TIMESTAMP AS moment, c1 AS account,
    regexp_extract(c13, '^AUDIT: SESSION,\d+,\d+,READ,SELECT,TABLE,([^,]+),(?s:.*),(\d+)$',
      ['owner', 'records']) AS part
  FROM read_csv('{path}', columns = {{{columns}}}, header = false, quote = '"', escape = '"',
    auto_detect = false, delim = ',', new_line = '\n', parallel = false)
  WHERE c13 LIKE 'AUDIT: SESSION,%'
)
"""


def main():
    import duckdb

    kind, path, out = sys.argv[1:4]
    columns = ", ".join("c%d: 'VARCHAR'" % n for n in range(26))
    if kind == "full":
        query = FULL.format(events=JSON_EVENTS.format(path=path), threshold=THRESHOLD, out=out)
    elif kind == "web":
        query = WEB.format(path=path, threshold=WEB_THRESHOLD, out=out)
    elif kind == "csvlog":
        events = CSV_EVENTS.format(path=path, columns=columns)
        query = FULL.format(events=events, threshold=THRESHOLD, out=out)
    else:
        raise SystemExit("duckdb_sql.py: full, web or csvlog")
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET preserve_insertion_order = false")
    connection.execute(query)


if __name__ == "__main__":
    main()
