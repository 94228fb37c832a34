#!/bin/sh
# Benchmarks in the small: decode of each format, windows, the whole scan; no peers.
#   Benchmarks/micro.sh [--target Decode] [options of `swift package benchmark`]
set -eu
cd "$(dirname "$0")/.."
data=Benchmarks/data
events=40000

mkdir -p "$data"
digest="$events $(sha256sum Benchmarks/generate.py | cut -c1-12)"
if [ "$(cat "$data/generator-micro" 2>/dev/null)" != "$digest" ]; then
  for kind in full:jsonl web:log csvlog:csv; do
    python3 Benchmarks/generate.py "${kind%:*}" "$data/micro-${kind%:*}.${kind#*:}" --events "$events"
  done
  zstd -q -f -3 "$data/micro-full.jsonl" -o "$data/micro-full.jsonl.zst"
  gzip -c "$data/micro-full.jsonl" > "$data/micro-full.jsonl.gz"
  echo "$digest" > "$data/generator-micro"
fi
exec swift package --package-path Benchmarks/Micro --disable-sandbox \
  --allow-writing-to-package-directory benchmark "$@"
