// The parts of libsystemd that icshostd speaks: state notification, the journal, and the bus for what a
// unit says.
#pragma once
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/uio.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
