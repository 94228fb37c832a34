internal import EventModel
internal import Ingest

/// The host that a message of syslog or an entry of the journal names.
///
/// Source: RFC 5424, section 6.2; RFC 3164, section 4.1.2; systemd.journal-fields(7), `_HOSTNAME`.
enum MessageHost {
  private static let syslog: Set = [SyslogRFC5424.name, SyslogRFC3164.name]
  private static let journal: Set = [JournalJSON.name, JournalExport.name]
  /// Bytes of a record in which its host stands.
  static let reach = 4096

  static func isNamed(in format: String) -> Bool {
    syslog.contains(format) || journal.contains(format)
  }

  /// `nil`: it names none, or nothing that a host is called.
  static func host(of record: [UInt8], format: String) -> String? {
    if format == JournalJSON.name {
      return field("\"_HOSTNAME\"", of: record[...], end: 0x22) { rest in
        let value = rest.drop { $0 == 0x20 }
        guard value.first == 0x3A else { return nil }
        let text = value.dropFirst().drop { $0 == 0x20 }
        return text.first == 0x22 ? text.dropFirst() : nil
      }
    }
    if format == JournalExport.name {
      return field("\n_HOSTNAME=", of: record[...], end: 0x0A) { $0 }
    }
    return syslogHost(record[...])
  }

  private static func field(
    _ key: String,
    of record: ArraySlice<UInt8>,
    end: UInt8,
    _ value: (ArraySlice<UInt8>) -> ArraySlice<UInt8>?
  ) -> String? {
    guard let place = record.firstRange(of: Array(key.utf8)),
      let rest = value(record[place.upperBound...])
    else { return nil }
    return name(rest.prefix { $0 != end })
  }

  private static func syslogHost(_ record: ArraySlice<UInt8>) -> String? {
    var rest = record
    if rest.first == 0x3C {
      guard let close = rest.prefix(5).firstIndex(of: 0x3E) else { return nil }
      rest = rest[(close + 1)...]
    }
    var words = rest.prefix(512).split(separator: 0x20, maxSplits: 7).makeIterator()
    guard var word = words.next() else { return nil }
    // Version 1 and a time; a time of RFC 3339; a month, a day, perhaps a year, and a time.
    if word.elementsEqual("1".utf8) {
      guard words.next() != nil, let host = words.next() else { return nil }
      return name(host)
    }
    if word.count == 3, let first = word.first, first >= 0x41, first <= 0x5A {
      guard words.next() != nil, let next = words.next() else { return nil }
      word = next
      if word.count == 4, !word.contains(0x3A), let next = words.next() { word = next }
      guard word.count >= 8, word.contains(0x3A), word.last != 0x3A else { return nil }
    } else {
      guard word.count >= 20, word[word.startIndex + 10] == 0x54 else { return nil }
    }
    guard let host = words.next(), let tag = words.next() else { return nil }
    // `Oracle Audit[28265]:` stands in the host's place where there is none.
    if host.elementsEqual("Oracle".utf8) || tag.starts(with: "Audit[".utf8) { return nil }
    return name(host)
  }

  /// Letters, digits and what joins them, an address among them: no tag of a program.
  private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
    guard (1...255).contains(bytes.count), !bytes.elementsEqual("-".utf8), bytes.last != 0x3A,
      bytes.allSatisfy({ byte in
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      })
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
