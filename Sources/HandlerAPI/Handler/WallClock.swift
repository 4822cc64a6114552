internal import Glibc

/// The time of day, for handlers whose protocol speaks of it.
public enum WallClock {
    /// Whole seconds since 1970-01-01 00:00:00 UTC (time(2)), in a year up to 9999 whatever the clock of
    /// the machine says: later ones no protocol can write.
    public static var secondsSince1970: Int { min(max(time(nil), 0), 253_402_300_799) }
}
