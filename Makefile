# Ometsuke. `make demo` and `make test` do all the set-up on Debian 12 with Swift 6.3.

PACKAGES := zlib1g-dev libzstd-dev liblzma-dev libbz2-dev libisal-dev libsodium-dev libyaml-dev \
  libsqlite3-dev libpcap-dev libcurl4-openssl-dev libssl-dev libxlsxwriter-dev libevtx1 openssl python3 python3-venv zstd pkg-config tzdata
# What the released program carries in itself, as far as Debian has the archive (decision 0007).
ARCHIVES := stdc++ yaml sqlite3 zstd lzma bz2 sodium z
ARCHIVED := $(CURDIR)/.build/archives
RELEASE := swift build -c release --product ometsuke --static-swift-stdlib -Xswiftc -L$(ARCHIVED)
SWIFT_FOLDERS := Sources Tests $(wildcard Benchmarks) Package.swift
OCSF := .venv-ocsf

.PHONY: help setup build demo test faults ocsf schema scoring look servers fuzz format lint layering bench micro rates quality clean

help:
	@echo "make demo      build, then find the leak in sample-logs/"
	@echo "make test      every test"
	@echo "make faults    follow logs through rotation, cuts and kills for long, every line counted"
	@echo "make look      reports of sample-logs/ in a real browser: screenshots, and what must hold"
	@echo "make servers   real servers export on loopback, captured: every record is found"
	@echo "make fuzz      the readers of captures under libFuzzer"
	@echo "make format    format the sources"
	@echo "make lint      check their format"
	@echo "make layering  check that no target imports what it does not declare"
	@echo "make bench     measure beside the peers"
	@echo "make rates     how many bytes of each format a second of CPU reads"
	@echo "make micro     measure decoding, windows and the whole in the small"
	@echo "make quality   measure what is found, late, missed and false on simulated estates"
	@echo "make clean     remove what was built"

# Installs only what dpkg does not have.
setup:
	@command -v swift >/dev/null || { \
	  echo "make: swift is not in PATH; install Swift 6.3 from https://www.swift.org/install" >&2; \
	  exit 1; }
	@command -v dpkg-query >/dev/null || { \
	  echo "make: not Debian; install by hand what these packages hold: $(PACKAGES)" >&2; exit 0; }; \
	missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
	    || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as=""; \
	elif command -v sudo >/dev/null; then as="sudo"; \
	else echo "make: as root, run: apt-get install -y$$missing" >&2; exit 1; fi; \
	echo "installing$$missing"; \
	$$as apt-get update -qq && \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing

# The linker takes a library from the first folder that has it: here that one has archives only.
build: setup
	@mkdir -p $(ARCHIVED); \
	for name in $(ARCHIVES); do \
	  archive=$$(clang -print-file-name=lib$$name.a); \
	  if [ -e "$$archive" ]; then ln -sf "$$archive" $(ARCHIVED)/; fi; \
	done; \
	archive=$$(clang -print-file-name=libgcc_eh.a); \
	if [ -e "$$archive" ]; then ln -sf "$$archive" $(ARCHIVED)/libgcc_s.a; fi
	$(RELEASE)

# Exit status 1 means that something was found: here that is success.
demo: build
	@status=0; \
	.build/release/ometsuke scan -c sample-logs/ometsuke.yml sample-logs || status=$$?; \
	case $$status in \
	  1) exit 0;; \
	  0) echo "make demo: the leak in sample-logs was not found" >&2; exit 1;; \
	  *) echo "make demo: ometsuke ended with status $$status" >&2; exit $$status;; \
	esac

# What follows logs against the clock, and what fills a store first, runs by itself: among all the others,
# two cores leave a writer or a reader without time for seconds.
ALONE := Faults while|A watch|ReportCommandTests
test: setup
	swift build --build-tests
	swift test --skip-build --skip '$(ALONE)'
	swift test --skip-build --filter '$(ALONE)'
	$(MAKE) ocsf schema scoring

# A short version runs with the tests.
FAULT_LINES := 100000
faults: setup
	swift build --build-tests
	OMETSUKE_FAULT_LINES=$(FAULT_LINES) swift test --skip-build --filter 'Faults while|A watch'

# How `make quality` judges, on a truth made by hand: a second, and nothing but Python.
scoring:
	python3 -m unittest discover -s Tests/quality

# OCSF output against the published schema, in a virtual environment of its own.
ocsf: $(OCSF)/ready
	@swift build --product ometsuke
	@rm -f $(OCSF)/findings.jsonl; status=0; \
	.build/debug/ometsuke scan -c sample-logs/ometsuke.yml --format ocsf -o $(OCSF)/findings.jsonl \
	  sample-logs || status=$$?; \
	if [ $$status -gt 1 ]; then echo "make ocsf: ometsuke ended with status $$status" >&2; exit 1; fi
	$(OCSF)/bin/python Tests/ocsf/validate.py $(OCSF)/findings.jsonl

# The schema of the estate file against the program, over files that are right and wrong.
schema: $(OCSF)/ready
	@swift build --product ometsuke
	$(OCSF)/bin/python Tests/schema/compare.py .build/debug/ometsuke
	$(OCSF)/bin/python Tests/schema/answers.py .build/debug/ometsuke
	$(OCSF)/bin/python Tests/schema/reports.py .build/debug/ometsuke

# Every report in both languages at three widths, light and dark, and on paper, in a headless Chromium: .look/ has
# screenshots and PDFs. axe-core comes with a package of Python; AXE names another axe.min.js. Then an estate with
# hostile names in every form. Kept out of `make test`: it installs a browser.
LOOK := .look
LOOK_PACKAGES := chromium fonts-noto-cjk poppler-utils python3-venv libxlsxwriter4
LOOK_AXE := $(OCSF)/look
LOOK_AT := -c sample-logs/ometsuke.yml --store $(LOOK)/samples.store
LOOK_NOW := --now 2024-06-04T00:00:00Z
HOSTILE := $(LOOK)/hostile
HOSTILE_AT := incident -c $(HOSTILE)/ometsuke.yml --store $(HOSTILE)/names.store $(LOOK_NOW) --lang ja
look: setup $(LOOK_AXE)/ready
	@$(MAKE) --no-print-directory setup PACKAGES="$(LOOK_PACKAGES)"
	@swift build --product ometsuke
	@rm -rf $(LOOK); mkdir -p $(LOOK)
	@.build/debug/ometsuke nightly $(LOOK_AT) --fail-on never --now 2024-06-01T02:00:00Z >$(LOOK)/night.txt
	@set -e; for language in ja en; do \
	  report() { name=$$1; shift; .build/debug/ometsuke report "$$@" $(LOOK_AT) $(LOOK_NOW) --lang $$language \
	    -o $(LOOK)/$$name-$$language.html; }; \
	  report incident incident; \
	  report owner incident --owner 'Minato Gas'; \
	  report inquiry inquiry --owner 'Minato Gas' --from 2024-04-01 --to 2024-06-01 --annex; \
	  report quarterly quarterly 2024-Q2; \
	  report coverage coverage --from 2024-04-01 --to 2024-06-01; \
	  report notification notification 22ba6273c7ef6d08 --owner 'Minato Gas'; \
	done
	@python3 Tests/look/hostile.py make $(HOSTILE)
	@.build/debug/ometsuke nightly -c $(HOSTILE)/ometsuke.yml --store $(HOSTILE)/names.store --fail-on never \
	  --now 2024-06-01T02:00:00Z >$(HOSTILE)/night.txt 2>&1
	@.build/debug/ometsuke scan -c $(HOSTILE)/ometsuke.yml --fail-on never $(HOSTILE)/app >$(HOSTILE)/scan.txt \
	  2>$(HOSTILE)/scan.err || [ $$? = 3 ]
	@set -e; for form in html:html markdown:md json:json csv:csv xlsx:xlsx pdf:pdf; do \
	  .build/debug/ometsuke report $(HOSTILE_AT) --format $${form%:*} -o $(HOSTILE)/incident.$${form#*:}; \
	done; \
	for table in per_owner findings events timeline; do \
	  .build/debug/ometsuke report $(HOSTILE_AT) --format csv --table $$table -o $(HOSTILE)/$$table.csv; \
	done
	python3 Tests/look/hostile.py check $(HOSTILE)
	AXE=$${AXE:-$$(echo $(LOOK_AXE)/lib/python3*/site-packages/axe_playwright_python/axe.min.js)} \
	  python3 Tests/look/look.py $(LOOK) $(LOOK)/*.html $(HOSTILE)/incident.html

$(LOOK_AXE)/ready: Tests/look/requirements.txt
	python3 -m venv $(LOOK_AXE)
	$(LOOK_AXE)/bin/pip install --quiet --no-deps -r Tests/look/requirements.txt
	touch $@

# PostgreSQL, MariaDB and nginx of Debian, started in a folder of their own; as root, who may capture on loopback.
# Kept out of `make test`: it installs servers.
servers: setup
	swift build --product ometsuke
	python3 Tests/servers/servers.py .build/debug/ometsuke --publish docs/formats/wire-servers.md

# FUZZ_SECONDS for each parser; .fuzz/ keeps what was found, from run to run.
FUZZ_SECONDS := 300
fuzz: setup
	Tests/fuzz/fuzz.sh $(FUZZ_SECONDS)

$(OCSF)/ready: Tests/requirements.txt
	python3 -m venv $(OCSF)
	$(OCSF)/bin/pip install --quiet -r Tests/requirements.txt
	touch $@

format:
	swift format -i -r $(SWIFT_FOLDERS)

lint:
	swift format lint --strict -r $(SWIFT_FOLDERS)

layering: setup
	swift build --explicit-target-dependency-import-check error

bench: setup
	Benchmarks/run.sh

micro: setup
	Benchmarks/micro.sh

rates: setup
	swift build --package-path Benchmarks/Micro -c release --product decode-rates --static-swift-stdlib
	Benchmarks/Micro/.build/release/decode-rates

# Simulates, scans and judges: half an hour on two free cores. QUALITY="--attacks A1 --seeds 11" for less.
QUALITY := --publish Benchmarks/quality
quality: build .venv-bench/quality
	.venv-bench/bin/python Benchmarks/quality.py $(QUALITY)

.venv-bench/quality: Benchmarks/quality_tools/requirements.txt
	python3 -m venv .venv-bench
	.venv-bench/bin/pip install --quiet -r Benchmarks/quality_tools/requirements.txt
	touch $@

clean:
	rm -rf .build .venv-ocsf Benchmarks/.build Benchmarks/Micro/.build
