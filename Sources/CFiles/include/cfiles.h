#pragma once

/// What glibc 2.36 has no wrapper for, or what Swift cannot call. Only the module Files imports this.

/// Opens a directory as a place only (open(2), O_PATH), which needs no right to read it; -1 with errno.
int cfiles_open_folder(const char *_Nonnull path);

/// Opens a file below a directory for reading, never above it and never through procfs
/// (openat2(2), RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS); -1 with errno. A FIFO is opened without
/// waiting for its other end. A file that is renamed meanwhile is tried again a few times.
int cfiles_open_beneath(int directory, const char *_Nonnull path);

/// What a name in a directory is opened as.
enum cfiles_purpose {
    /// A file or directory for reading.
    CFILES_READ,
    /// A directory for reading.
    CFILES_READ_FOLDER,
    /// A directory as a place.
    CFILES_ENTER,
    /// Anything as a place, a link itself included.
    CFILES_PLACE,
};

/// Opens what a name of one component means in a directory, never through a link (openat(2),
/// O_NOFOLLOW); -1 with errno. Interrupted calls are made again a few times.
int cfiles_open_name(int directory, const char *_Nonnull name, enum cfiles_purpose purpose);

/// What the file system of an open file makes of links (fstatfs(2)): 1 when it is procfs, 2 when it is mounted
/// `nosymfollow`, 0 for others; -1 with errno.
int cfiles_links_of(int file);
