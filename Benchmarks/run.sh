#!/bin/sh
# Everything `make bench` needs: peers, data, the release binary, then the comparison.
#   EVENTS=800000 PAIRS=5 Benchmarks/run.sh [options of compare.py]
set -eu
cd "$(dirname "$0")/.."
events=${EVENTS:-3200000}
pairs=${PAIRS:-5}
data=Benchmarks/data

# Peers from Debian are optional: compare.py names those that are missing.
if [ "$(id -u)" = 0 ]; then
  for package in mawk goaccess pgbadger isal zstd g++ libsimdjson-dev; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" ||
      echo "run.sh: $package could not be installed" >&2
  done
fi

# DuckDB is a peer, never a dependency: it lives in a virtual environment of its own.
if [ ! -e .venv-bench/ready ]; then
  python3 -m venv .venv-bench
  .venv-bench/bin/pip install --quiet duckdb
  touch .venv-bench/ready
fi

mkdir -p "$data"
# Files carry the digest of what made them: an edited generator makes them again.
digest=$(sha256sum Benchmarks/generate.py | cut -c1-12)
if [ "$(cat "$data/generator-$events" 2>/dev/null)" != "$digest" ]; then
  echo "generating $events events of each kind, and twice as many of full"
  python3 Benchmarks/generate.py full "$data/full-$events.jsonl" --events "$events"
  python3 Benchmarks/generate.py full "$data/full-$((2 * events)).jsonl" --events $((2 * events))
  python3 Benchmarks/generate.py web "$data/web-$events.log" --events "$events"
  python3 Benchmarks/generate.py csvlog "$data/csvlog-$events.csv" --events "$events"
  zstd -q -f -3 "$data/full-$events.jsonl" -o "$data/full-$events.jsonl.zst"
  gzip -c "$data/full-$events.jsonl" > "$data/full-$events.jsonl.gz"
  echo "$digest" > "$data/generator-$events"
fi

if [ -z "${BINARY:-}" ]; then
  make build
  # Start-up is measured as it ships: stripped.
  BINARY=$data/ometsuke
  strip -o "$BINARY" .build/release/ometsuke
fi

# The two sides of G3. simdjson gets the instructions of this very processor, which it chooses by.
if [ -e /usr/include/simdjson.h ] && command -v g++ >/dev/null; then
  g++ -O3 -march=native -DNDEBUG -std=c++17 Benchmarks/simdjson_fields.cpp -lsimdjson \
    -o "$data/simdjson_fields"
  swift build --package-path Benchmarks/Micro -c release --product decode-pass --static-swift-stdlib
  cp Benchmarks/Micro/.build/release/decode-pass "$data/decode-pass"
fi
exec python3 Benchmarks/compare.py --events "$events" --pairs "$pairs" --binary "$BINARY" "$@"
