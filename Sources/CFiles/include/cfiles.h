#pragma once

/// What glibc 2.36 has no wrapper for, or what Swift cannot call. Only the module Files imports this.

/// Opens a directory as a place only (open(2), O_PATH), which needs no right to read it; -1 with errno.
int cfiles_open_folder(const char *_Nonnull path);

/// Opens a file below a directory for reading, never above it and never through procfs
/// (openat2(2), RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS); -1 with errno. A FIFO is opened without
/// waiting for its other end. A file that is renamed meanwhile is tried again a few times.
int cfiles_open_beneath(int directory, const char *_Nonnull path);
