#!/bin/sh
# Fuzzes the readers of captures with libFuzzer, as it comes with Swift's toolchain: fuzz.sh SECONDS [TARGET ...]
# Seeds: the captures of the tests, and those that lie beside the repository in ../shared/data. Found inputs are kept in
# .fuzz/TARGET from run to run; what fails is written there as crash-*, and the exit status is not 0.
set -eu
# A trap is libFuzzer's to tell: it keeps the input.
export SWIFT_BACKTRACE=enable=no
cd "$(dirname "$0")/../.."
seconds=$1; shift
targets=${*:-packets postgresql mysql http ftp}
work=.fuzz
mkdir -p $work/build
upcoming=$(sed -n 's/.*enableUpcomingFeature("\([A-Za-z]*\)").*/-enable-upcoming-feature \1/p' Package.swift | tr '\n' ' ')
flags="-O -wmo -swift-version 6 $upcoming"
swiftc $flags -parse-as-library -module-name EventModel -emit-module -emit-module-path $work/build/EventModel.swiftmodule \
  -emit-object -o $work/build/EventModel.o $(find Sources/EventModel -name '*.swift')
includes=""
for name in CZlib CZstd CScan; do
  if [ -d Sources/$name/include ]; then includes="$includes -I Sources/$name/include"; else includes="$includes -I Sources/$name"; fi
done
swiftc $flags -sanitize=fuzzer -parse-as-library -module-name Wire -I $work/build $includes \
  $(find Sources/Wire -name '*.swift') Tests/fuzz/Targets.swift $work/build/EventModel.o -lz -lzstd -o $work/build/fuzz
python3 Tests/fuzz/seeds.py $work/seeds Tests/PipelineTests/Fixtures/wire/*.pcap \
  $(find ../shared/data -name '*.pcap' -size -2000k 2>/dev/null | sort)
status=0
for target in $targets; do
  mkdir -p $work/$target
  seeds=$work/seeds/sessions
  [ $target = packets ] && seeds=$work/seeds/packets
  # What other protocols say is a seed as well: what it is not must be told, too.
  OMETSUKE_FUZZ=$target $work/build/fuzz -max_total_time=$seconds -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
    -print_final_stats=1 -artifact_prefix=$work/$target/ \
    $work/$target $seeds >$work/$target.log 2>&1 || status=1
  echo "$target: $(grep -o 'Done [0-9]* runs in [0-9]* second(s)' $work/$target.log || echo FAILED, see $work/$target.log)"
done
exit $status
