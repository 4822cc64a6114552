# make run    builds the daemon and starts it on etc/demo.conf
# make test   runs all tests
# make browser opens the demo with headless Chromium, which it installs: 400 MB, so .ci/run does not
# make fuzz   feeds made-up bytes to all that reads what others wrote [SECONDS=30]
# make sanitize-examples runs the examples under the thread and the address sanitizer
# make unused finds members of Sources that nothing uses; after a debug build
# make dependent builds and runs a package that depends on this one by URL and version
# make api-check compares the public API with that of the last tag
# make docs   writes the manual pages and shell completions anew, and builds the documentation of the library
# make docc   builds only the latter
# make install [DESTDIR=] [PREFIX=/usr/local] [SYSCONFDIR=/etc] [UNITDIR=]   after make build

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
# systemd looks here for /usr/local as well as for /usr (systemd.unit(5)).
UNITDIR    ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR = $(PREFIX)/lib/sysusers.d
TMPFILESDIR = $(PREFIX)/lib/tmpfiles.d
LIBEXECDIR  = $(PREFIX)/libexec
INCLUDEDIR  = $(PREFIX)/include/icshostd
CATALOGDIR  = $(PREFIX)/lib/systemd/catalog
# logrotate(8) reads no other directory.
LOGROTATEDIR = $(SYSCONFDIR)/logrotate.d
# Drop-ins and units to be copied from.
SHAREDIR    = $(PREFIX)/share/icshostd
EXAMPLES    = icshostd.socket icshostd-notify-reload.conf icshostd-exec.conf icshostd-memory.conf
MANDIR      = $(PREFIX)/share/man
BASHDIR     = $(PREFIX)/share/bash-completion/completions
ZSHDIR      = $(PREFIX)/share/zsh/site-functions
FISHDIR     = $(PREFIX)/share/fish/vendor_completions.d

CHECKED = --explicit-target-dependency-import-check error
RELEASE = -c release --static-swift-stdlib $(CHECKED) --product icshostd
BINARY  = .build/release/icshostd
LAUNCHER = $(BINARY)-exec
SSLYZE  = .build/sslyze/6.3.1
MANPAGES = icshostd.8 icshostd.conf.5
# What journalctl -x says of each kind of record.
CATALOG = systemd/icshostd.catalog
SOURCES = Package.swift Sources Tests Examples

SECONDS = 30

BUILD_PACKAGES = gcc libc6-dev musl-tools libssl-dev libsystemd-dev
TEST_PACKAGES  = $(BUILD_PACKAGES) openssl curl socat netcat-openbsd nginx-light libnginx-mod-stream haproxy slowhttptest sslscan acl logrotate python3-venv systemd dbus libnss-systemd

.PHONY: build run test examples dependent api-check browser lint format unused bench sanitize sanitize-unit sanitize-examples fuzz docs docc install uninstall clean deps test-deps

# Tests of the installed service look at "built" to see whether it is that of these sources.
# SwiftPM links the Swift runtime to programs of C, too, and each client of an exec host would pay for
# that: 2.2 ms of processor time; with glibc 1.1, with musl, which starts without a loader, 0.65.
build: deps
	swift build $(RELEASE)
	musl-gcc -static -O2 -Wall -Wextra -o $(LAUNCHER) Sources/CExec/main.c
	touch $(dir $(BINARY))built

run: build
	STATE_DIRECTORY=$(CURDIR)/.build/demo exec $(BINARY) run --config etc/demo.conf --print-plan

# The installed service that SystemdScenarioTests start is the release build.
test: test-deps build
	swift build $(CHECKED) --product icshostd
	swift test $(CHECKED)

# Each is a package of its own that uses this one; their tests start the programs and connect to them. They
# share a scratch path, so that the library is compiled once. SwiftPM would reuse the plan of the build before,
# and run its tests again: the plan is removed.
examples: deps
	@$(call ensure,openssl)
	for tests in Examples/*/Tests; do rm -f .build/examples/*.yaml; swift test --package-path $${tests%/Tests} \
	    --scratch-path .build/examples || exit 1; done
	Examples/Greeting/Tests/program .build/examples/debug/greeting

# The same under the thread and the address sanitizer, each with a scratch path of its own. The examples run as processes
# of their own: a report ends them, and leaks at their end are an exit status that their tests do not expect.
sanitize-examples: deps
	@$(call ensure,openssl)
	export TSAN_OPTIONS=halt_on_error=1 \
	    LSAN_OPTIONS=print_suppressions=0:suppressions=$(CURDIR)/Examples/Support/sanitizers.supp; \
	for kind in thread address; do for tests in Examples/*/Tests; do rm -f .build/examples-$$kind/*.yaml; \
	    swift test --disable-xctest --sanitize=$$kind --package-path $${tests%/Tests} \
	    --scratch-path .build/examples-$$kind || exit 1; done; \
	    Examples/Greeting/Tests/program .build/examples-$$kind/debug/greeting || exit 1; done

# Not in .ci/run: each builds the whole library again, in minutes.
dependent: deps
	Tests/dependent

api-check: deps
	Tests/api-check

browser: test-deps
	@$(call ensure,chromium)
	swift build $(CHECKED) --product icshostd
	Tests/browser .build/debug/icshostd

lint:
	swift format lint --strict -r $(SOURCES)
	! grep -rnI '[[:blank:]]$$' --exclude-dir=.git --exclude-dir=.build .

format:
	swift format -i -r $(SOURCES)

# Reads the index of the last debug build, such as that of make test.
unused:
	Tests/unused

bench: build
	Benchmarks/run

# --disable-xctest: there are none, and XCTest itself leaks.
sanitize: test-deps
	swift test --disable-xctest --sanitize=thread --scratch-path .build/thread
	swift test --disable-xctest --sanitize=address --scratch-path .build/address

# Without the scenarios, which take longest, and without the leak check: a few suites exit while servers
# of theirs still have clients.
sanitize-unit: deps
	for kind in thread address; do ASAN_OPTIONS=detect_leaks=0 swift test --disable-xctest \
	    --sanitize=$$kind --scratch-path .build/$$kind --skip 'ScenarioTests|TidyTests' || exit 1; done

fuzz: deps
	Tests/Fuzz/run $(SECONDS)

# The documentation of the library, .build/SocketServer.doccarchive: a dead link is an error.
docc: deps
	swift build $(CHECKED) --target SocketServer
	docs/docc

# The manual pages and completions of this state of Sources; a test compares them.
docs: docc
	swift build $(CHECKED) --product icshostd
	mkdir -p docs/man docs/completions
	for page in $(MANPAGES); do .build/debug/icshostd manual $$page > docs/man/$$page; done
	.build/debug/icshostd manual icshostd.catalog > $(CATALOG)
	for shell in bash zsh fish; do .build/debug/icshostd --generate-completion-script $$shell \
	    > docs/completions/icshostd.$$shell; done

install:
	@test -x $(BINARY) || \
	    { echo "there is no $(BINARY) to install: run make build first" >&2; exit 1; }
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/icshostd
	install -D -m 755 $(LAUNCHER) $(DESTDIR)$(LIBEXECDIR)/icshostd-exec
	install -D -m 644 Sources/CHandlerModule/include/icshostd_module.h \
	    $(DESTDIR)$(INCLUDEDIR)/icshostd_module.h
	sed 's|include/||' Sources/CHandlerModule/module.modulemap \
	    > $(DESTDIR)$(INCLUDEDIR)/module.modulemap
	chmod 644 $(DESTDIR)$(INCLUDEDIR)/module.modulemap
	install -D -m 644 systemd/icshostd.sysusers $(DESTDIR)$(SYSUSERSDIR)/icshostd.conf
	install -D -m 644 systemd/icshostd.tmpfiles $(DESTDIR)$(TMPFILESDIR)/icshostd.conf
	install -D -m 644 $(CATALOG) $(DESTDIR)$(CATALOGDIR)/icshostd.catalog
	install -D -m 644 systemd/icshostd.logrotate $(DESTDIR)$(LOGROTATEDIR)/icshostd
	install -d $(DESTDIR)$(SHAREDIR)
	for file in $(EXAMPLES); do \
	    sed 's|/usr/local/share/icshostd/|$(SHAREDIR)/|' systemd/$$file \
	        > $(DESTDIR)$(SHAREDIR)/$$file && \
	    chmod 644 $(DESTDIR)$(SHAREDIR)/$$file || exit 1; done
	install -D -m 644 docs/man/icshostd.8 $(DESTDIR)$(MANDIR)/man8/icshostd.8
	install -D -m 644 docs/man/icshostd.conf.5 $(DESTDIR)$(MANDIR)/man5/icshostd.conf.5
	install -D -m 644 docs/completions/icshostd.bash $(DESTDIR)$(BASHDIR)/icshostd
	install -D -m 644 docs/completions/icshostd.zsh $(DESTDIR)$(ZSHDIR)/_icshostd
	install -D -m 644 docs/completions/icshostd.fish $(DESTDIR)$(FISHDIR)/icshostd.fish
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/icshostd
	sed 's|/usr/bin/|$(PREFIX)/bin/|; s|/etc/icshostd/|$(SYSCONFDIR)/icshostd/|' \
	    systemd/icshostd.service > $(DESTDIR)$(UNITDIR)/icshostd.service
	chmod 644 $(DESTDIR)$(UNITDIR)/icshostd.service
	test -e $(DESTDIR)$(SYSCONFDIR)/icshostd/icshostd.conf || \
	    install -m 644 etc/icshostd.conf $(DESTDIR)$(SYSCONFDIR)/icshostd/icshostd.conf
	@test -n "$(DESTDIR)" || { $(tell_systemd) \
	    echo "next: icshostd init --config $(SYSCONFDIR)/icshostd/icshostd.conf, or add a host to it;" \
	    "then systemctl start icshostd"; }

# Keeps a configuration that is not the shipped one. What runs is stopped while its unit is still there.
uninstall:
	@test -n "$(DESTDIR)" || test ! -d /run/systemd/system || \
	    ! systemctl cat icshostd.service >/dev/null 2>&1 || systemctl disable --now icshostd.service
	rm -rf $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(SHAREDIR)
	rm -f $(DESTDIR)$(PREFIX)/bin/icshostd $(DESTDIR)$(LIBEXECDIR)/icshostd-exec \
	    $(DESTDIR)$(SYSUSERSDIR)/icshostd.conf $(DESTDIR)$(TMPFILESDIR)/icshostd.conf \
	    $(DESTDIR)$(CATALOGDIR)/icshostd.catalog $(DESTDIR)$(LOGROTATEDIR)/icshostd \
	    $(DESTDIR)$(UNITDIR)/icshostd.service \
	    $(DESTDIR)$(MANDIR)/man8/icshostd.8 $(DESTDIR)$(MANDIR)/man5/icshostd.conf.5 \
	    $(DESTDIR)$(BASHDIR)/icshostd $(DESTDIR)$(ZSHDIR)/_icshostd \
	    $(DESTDIR)$(FISHDIR)/icshostd.fish
	! cmp -s etc/icshostd.conf $(DESTDIR)$(SYSCONFDIR)/icshostd/icshostd.conf || \
	    rm $(DESTDIR)$(SYSCONFDIR)/icshostd/icshostd.conf
	test ! -d $(DESTDIR)$(SYSCONFDIR)/icshostd || \
	    rmdir --ignore-fail-on-non-empty $(DESTDIR)$(SYSCONFDIR)/icshostd
	@test -n "$(DESTDIR)" || test ! -d /run/systemd/system || \
	    { journalctl --update-catalog && systemctl daemon-reload; }

clean:
	rm -rf .build

deps: ; @$(call ensure,$(BUILD_PACKAGES))
test-deps: $(SSLYZE) ; @$(call ensure,$(TEST_PACKAGES))

# The scanner that knows what Mozilla recommends.
$(SSLYZE):
	@$(call ensure,$(TEST_PACKAGES))
	python3 -m venv .build/sslyze
	.build/sslyze/bin/python -m pip install --quiet --disable-pip-version-check sslyze==6.3.1
	touch $@

# Makes the user and its directories; the journal learns what its records mean, and systemd of the unit.
define tell_systemd
systemd-sysusers icshostd.conf && systemd-tmpfiles --create icshostd.conf && \
journalctl --update-catalog && { test ! -d /run/systemd/system || systemctl daemon-reload; } &&
endef

# Installs those of the Debian packages $(1) that are missing, after saying which.
define ensure
missing=; for package in $(1); do \
    dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || \
    missing="$$missing $$package"; done; \
test -n "$$missing" || exit 0; \
echo "installing what is missing:$$missing"; \
if test "$$(id -u)" = 0; then sudo=; elif command -v sudo >/dev/null; then sudo=sudo; \
else echo "neither root nor sudo: run apt-get update && apt-get install -y$$missing" >&2; \
    exit 1; fi; \
$$sudo apt-get update && \
    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing
endef
