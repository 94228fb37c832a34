public import EventModel

/// A time as a person writes it on a command line: RFC 3339; without a zone, UTC.
public enum TimeText {
  public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard let found = TimestampScan.rfc3339(bytes, at: 0, zone: .utc), found.end == bytes.count
    else { return nil }
    return Timestamp(nanoseconds: found.time)
  }
}
