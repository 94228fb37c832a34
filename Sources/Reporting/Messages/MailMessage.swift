public import EventModel

/// An incident as a mail (RFC 5322, UTF-8 in Base64).
///
/// The same state of an incident has the same `Message-ID`, so that a mail sent twice is one.
public enum MailMessage {
  public static func text(
    of incident: Incident,
    _ context: MessageContext,
    from: String,
    to recipients: [String]
  ) -> String {
    let words = IncidentText(incident, context)
    let head = [
      "From: \(from)", "To: \(recipients.joined(separator: ",\r\n "))",
      "Subject: \(encoded(words.title))", "Date: \(date(context.now))",
      "Message-ID: <\(incident.id).\(Revision.of(incident))@ometsuke.invalid>",
      // Growth of an incident belongs to the mail that raised it.
      "References: <\(incident.id)@ometsuke.invalid>", "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
    ]
    return head.joined(separator: "\r\n") + "\r\n\r\n" + wrapped(Array(words.plain.utf8))
  }

  /// Encoded words (RFC 2047) of at most 45 bytes, cut between characters.
  private static func encoded(_ text: String) -> String {
    var words: [String] = []
    var part: [UInt8] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if part.count + bytes.count > 42 {
        words.append("=?UTF-8?B?" + Base64.text(part) + "?=")
        part = []
      }
      part += bytes
    }
    words.append("=?UTF-8?B?" + Base64.text(part) + "?=")
    return words.joined(separator: "\r\n ")
  }

  private static func wrapped(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 57).map {
      Base64.text(Array(bytes[$0..<min($0 + 57, bytes.count)])) + "\r\n"
    }.joined()
  }

  /// `Mon, 23 Nov 2026 08:35:49 +0000`.
  private static func date(_ time: Timestamp) -> String {
    let day = time.dayNumber()
    let (year, month, date) = CivilCalendar.date(ofDay: day)
    let second = Int(
      (time.nanoseconds - Int64(day) * Timestamp.nanosecondsPerDay)
        / Timestamp.nanosecondsPerSecond
    )
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(names[(day % 7 + 7) % 7]), \(date) \(months[month - 1]) \(year) "
      + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
  }
}

/// Base64 (RFC 4648).
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  static func text(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let word = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for index in 0..<4 {
        result.append(
          index <= part.count ? alphabet[word >> (18 - 6 * index) & 63] : 0x3D
        )
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
