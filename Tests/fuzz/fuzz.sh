#!/bin/sh
# Fuzzes the readers of captures with libFuzzer, as it comes with Swift's toolchain: fuzz.sh SECONDS [TARGET ...]
# Seeds: the captures of the tests, and those that lie beside the repository in ../shared/data. Found inputs are kept in
# .fuzz/TARGET from run to run; what fails is written there as crash-*, and the exit status is not 0.
# OMETSUKE_FUZZ_LONGEST: bytes of the longest input, 1024 where it is not set.
set -eu
# A trap is libFuzzer's to tell: it keeps the input.
export SWIFT_BACKTRACE=enable=no
cd "$(dirname "$0")/../.."
seconds=$1; shift
targets=${*:-packets postgresql mysql http tls smb ftp ftp-data tds oracle records}
work=.fuzz
mkdir -p $work/build
upcoming=$(sed -n 's/.*enableUpcomingFeature("\([A-Za-z]*\)").*/-enable-upcoming-feature \1/p' Package.swift | tr '\n' ' ')
flags="-O -wmo -swift-version 6 $upcoming"
swiftc $flags -parse-as-library -module-name EventModel -emit-module -emit-module-path $work/build/EventModel.swiftmodule \
  -emit-object -o $work/build/EventModel.o $(find Sources/EventModel -name '*.swift')
# SwiftPM makes maps of modules of its own for targets of C; those of libraries lie beside them.
includes="-I $work/build/modules"
rm -rf $work/build/modules
mkdir $work/build/modules
for name in CZlib CZstd CSodium; do includes="$includes -I Sources/$name"; done
for name in CScan CCrypto CBrotli; do
  header=$(echo $name | tr A-Z a-z).h
  printf 'module %s { header "%s" export * }\n' $name "$PWD/Sources/$name/include/$header" >>$work/build/modules/module.modulemap
  clang -O2 -I Sources/$name/include -c Sources/$name/$(basename $header .h).c -o $work/build/$name.o
done
swiftc $flags -sanitize=fuzzer -parse-as-library -module-name Wire -I $work/build $includes \
  $(find Sources/Wire -name '*.swift') Tests/fuzz/Targets.swift $work/build/EventModel.o $work/build/CScan.o \
  $work/build/CCrypto.o $work/build/CBrotli.o -lz -lzstd -lsodium -ldl -o $work/build/fuzz
rm -rf $work/seeds
python3 Tests/fuzz/seeds.py $work/seeds Tests/PipelineTests/Fixtures/wire/*.pcap Tests/WireTests/Fixtures/*/*.pcap \
  $(find ../shared/data -name '*.pcap' -size -2000k 2>/dev/null | sort)
# Secrets of the sessions among the seeds.
cat Tests/WireTests/Fixtures/*/*.keys >$work/seeds/keys
export OMETSUKE_FUZZ_KEYS=$work/seeds/keys
status=0
for target in $targets; do
  mkdir -p $work/$target
  # What other protocols say is a seed as well: what it is not must be told, too.
  seeds=$work/seeds/sessions
  case $target in packets | records) seeds=$work/seeds/$target ;; esac
  # Memory is bounded, not freed to the last byte: leaks are what -rss_limit_mb sees.
  OMETSUKE_FUZZ=$target $work/build/fuzz -max_total_time=$seconds -max_len=${OMETSUKE_FUZZ_LONGEST:-1024} -timeout=10 \
    -rss_limit_mb=1024 -detect_leaks=0 -reload=0 -print_final_stats=1 -artifact_prefix=$work/$target/ \
    $work/$target $seeds >$work/$target.log 2>&1 || status=1
  echo "$target: $(grep -o 'Done [0-9]* runs in [0-9]* second(s)' $work/$target.log || echo FAILED, see $work/$target.log)"
done
exit $status
