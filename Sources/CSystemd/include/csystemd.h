// The parts of libsystemd that icshostd speaks: state notification and the journal.
#pragma once
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
