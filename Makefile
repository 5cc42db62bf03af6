# A thin front for CMake and the scripts; `make help` lists what there is.

PREFIX ?=
DESTDIR ?=

# make V=1 shows what the build and apt say; else it is told when they fail.
export V

.DEFAULT_GOAL := help
.PHONY: help demo test install install-user uninstall uninstall-user package matrix bench lab fuzz fuzz-coverage noise differ soak profile \
	format tidy clean deps release

help:
	@echo 'make demo            build all, let tshark explain three captures, make a page of one, probe a server'
	@echo 'make test            build and run all tests'
	@echo 'make install         install for everyone (PREFIX and DESTDIR are honoured)'
	@echo 'make install-user    install for yourself only'
	@echo 'make uninstall       take back the last install (uninstall-user: the personal one)'
	@echo 'make profile         the Wireshark profile as a zip, for the import of other people'
	@echo 'make package         .deb for this Wireshark, zip of the profile, source tarball: build/package'
	@echo 'make matrix          build and test against newer Wiresharks (root; debootstrap)'
	@echo 'make bench           measure what the plugin costs and how often it is right'
	@echo 'make lab             real sstpc and pppd in a guest against the test server, both ends judged'
	@echo 'make fuzz            run each fuzz target for FUZZ_SECONDS (60)'
	@echo 'make fuzz-coverage   which lines of core/ the corpora reach'
	@echo 'make noise           reports on NOISE_RUNS (1000) captures with bytes changed at random'
	@echo 'make differ          DIFFER_RUNS (300) healthy sessions by chance, read in several ways by tshark'
	@echo 'make soak            SOAK_SECONDS (300) of recordings of ends that are killed, stopped, slow'
	@echo 'make format, tidy    rewrite by clang-format; check by clang-tidy'
	@echo 'make clean           remove what was built (not the chroots of matrix)'

deps:
	@scripts/install-deps

release: deps
	@cmake --preset release --log-level=NOTICE -D SSTPDIAG_TESTS=OFF
	@scripts/quietly 'Building, which takes some minutes' build/build.log cmake --build --preset release

# The test server alone: with all tests the build would take minutes.
demo: release
	@cmake --preset release --log-level=WARNING -D SSTPDIAG_TESTS=ON >/dev/null
	@scripts/quietly 'Building the test server' build/build.log cmake --build --preset release --target sstpdiag-peer
	@scripts/demo build/release/run/plugins

test: deps
	@cmake --preset dev --log-level=NOTICE
	@cmake --build --preset dev
	@scripts/run-tests --preset dev

install: release
	DESTDIR='$(DESTDIR)' cmake --install build/release $(if $(PREFIX),--prefix '$(PREFIX)') || { \
		[ "$$(id -u)" -eq 0 ] || \
			echo 'Without the right to write there: sudo make install, or make install-user' >&2; \
		exit 1; }

uninstall:
	DESTDIR='$(DESTDIR)' cmake -D MANIFEST=build/release/install_manifest.txt -P cmake/uninstall.cmake

install-user: deps
	@if [ "$$(id -u)" -eq 0 ]; then \
		echo 'Note: Wireshark started by root does not read personal plugins; use make install.' >&2; \
	fi
	@cmake --preset release -B build/user -D SSTPDIAG_USER_INSTALL=ON -D SSTPDIAG_TESTS=OFF
	@cmake --build build/user
	@cmake --install build/user
	@case ":$$PATH:" in *":$$HOME/.local/bin:"*) ;; *) \
		echo; \
		echo 'The commands are in ~/.local/bin, which is not in PATH. For this shell, and in ~/.profile for all:'; \
		echo '  export PATH="$$HOME/.local/bin:$$PATH"';; \
	esac

uninstall-user:
	cmake -D MANIFEST=build/user/install_manifest.txt -P cmake/uninstall.cmake

profile: deps
	@cmake --preset release --log-level=NOTICE
	@cmake --build build/release --target profile-zip

package: release
	@scripts/install-deps package
	@scripts/package

matrix:
	@scripts/install-deps ci
	@scripts/matrix

bench: release
	@scripts/install-deps bench
	@bench/run --plugins build/release/run/plugins
	@bench/accuracy --plugins build/release/run/plugins
	@bench/accuracy --plugins build/release/run/plugins --no-keys
	@bench/capture --sstpcap build/release/tools/sstpcap/sstpcap
	@bench/logs --sstpdiag build/release/tools/sstpdiag/sstpdiag

lab:
	@scripts/install-deps lab
	@cmake --preset dev --log-level=NOTICE
	@cmake --build --preset dev
	@python3 -B tests/peer/lab.py --peer build/dev/tests/peer/sstpdiag-peer \
		--sstpcap build/dev/tools/sstpcap/sstpcap --plugins build/dev/run/plugins || [ $$? -eq 77 ]

fuzz:
	@scripts/install-deps ci
	@scripts/fuzz

noise:
	@scripts/install-deps ci
	@cmake --preset dev --log-level=NOTICE
	@cmake --build --preset dev
	@mkdir -p build/noise
	@cd build/noise && python3 -B ../../tests/golden/noise.py --plugins ../dev/run/plugins \
		--library ../dev/tests/tshark-server.so --runs $(or $(NOISE_RUNS),1000)

# The engine alone is told fifty times as many.
differ:
	@scripts/install-deps ci
	@cmake --preset dev --log-level=NOTICE
	@cmake --build --preset dev
	@build/dev/tests/test_chance --runs=$$(($(or $(DIFFER_RUNS),300) * 50))
	@python3 -B tests/golden/differ.py --plugins build/dev/run/plugins --library build/dev/tests/tshark-server.so \
		--generator build/dev/tests/gen/sstpdiag-gen --runs $(or $(DIFFER_RUNS),300)

soak:
	@scripts/install-deps ci
	@cmake --preset dev --log-level=NOTICE
	@cmake --build --preset dev --target sstpcap
	@python3 -B tests/tools/soak.py build/dev/tools/sstpcap/sstpcap --seconds $(or $(SOAK_SECONDS),300)

fuzz-coverage:
	@scripts/install-deps ci
	@scripts/fuzz-coverage

format:
	@scripts/install-deps ci
	@scripts/lint format

tidy:
	@scripts/install-deps ci
	@scripts/lint tidy

clean:
	@for dir in build/*; do case $$dir in build/matrix) ;; *) rm -rf "$$dir" ;; esac; done
