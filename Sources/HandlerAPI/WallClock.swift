internal import Glibc

/// The time of day, for handlers whose protocol speaks of it.
public enum WallClock {
    /// Whole seconds since 1970-01-01 00:00:00 UTC (time(2)).
    public static var secondsSince1970: Int { time(nil) }
}
