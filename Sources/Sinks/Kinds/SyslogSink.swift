internal import EventModel
internal import Network
internal import Reporting
internal import Storage

/// A syslog receiver (RFC 5424) over UDP, TCP (RFC 6587) or TLS (RFC 5425): a message a finding.
///
///     - {name: siem, kind: syslog, address: "tls://siem.example:6514", format: cef}
///
/// Syslog has no receipt: over TCP and TLS a message counts as taken when the receiver's kernel has it
/// and the receiver has not hung up; over UDP when it was sent.
struct SyslogSink: Sink {
  static let kind = "syslog"
  static let keys = [
    SinkKey("address", .endpoint(["udp": 514, "tcp": 601, "tls": 6514]), isRequired: true),
    SinkKey("format", .words(SyslogMessage.Payload.allCases.map(\.rawValue))),
    SinkKey("framing", .words(Framing.allCases.map(\.rawValue))),
    SinkKey("facility", .words(facilities)), SinkKey("enterprise", .number(1...4_294_967_295)),
    SinkKey("ca-file", .path), SinkKey("certificate", .path), SinkKey("key", .path),
  ]

  /// In order of their number.
  private static let facilities = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
  ]

  enum Framing: String, CaseIterable {
    /// Each message behind its length.
    case octetCounting = "octet-counting"
    case newline
  }

  let endpoint: Endpoint
  let payload: SyslogMessage.Payload
  let framing: Framing
  let facility: Int
  let enterprise: Int64
  let trust: TLSSettings

  init(_ settings: inout SinkSettings) {
    endpoint = settings.endpoint("address") ?? Endpoint(scheme: "udp", host: "", port: 0)
    payload = settings.word("format", default: .text)
    framing = settings.word("framing", default: .octetCounting)
    enterprise = settings.number("enterprise") ?? 32_473
    let word = settings.text("facility") ?? "local0"
    if let number = Self.facilities.firstIndex(of: word.lowercased()) {
      facility = number
    } else {
      facility = 16
      settings.say(
        of: "facility",
        "is \(word); write one of local0 … local7, auth, authpriv, audit"
      )
    }
    trust = TLSSettings(
      trusted: settings.file("ca-file"),
      certificate: settings.file("certificate"),
      key: settings.file("key")
    )
    if (trust.certificate == nil) != (trust.key == nil) {
      settings.say(of: "certificate", "and key belong together; write both")
    }
  }

  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage] {
    messagesOfFindings(of: incident, context, isKnown: isKnown) { finding, context in
      SyslogMessage.line(
        of: finding,
        in: incident,
        context,
        payload: payload,
        facility: facility,
        enterprise: enterprise
      )
    }
  }

  func makeCourier() -> any Courier { SyslogCourier(sink: self) }
}

private struct SyslogCourier: Courier {
  let sink: SyslogSink
  private var socket: OutgoingSocket?

  /// The most that a datagram of IPv4 carries.
  private static let largestDatagram = 65_507

  init(sink: SyslogSink) { self.sink = sink }

  mutating func deliver(_ messages: [OutboxMessage]) -> [Delivery] {
    let isDatagram = sink.endpoint.scheme == "udp"
    do throws(NetworkError) {
      if socket?.isUp != true { socket = nil }
      let open: OutgoingSocket
      if let socket { open = socket } else { open = try OutgoingSocket(sink.endpoint, sink.trust) }
      socket = open
      var results: [Delivery] = []
      for message in messages {
        if isDatagram, message.body.count > Self.largestDatagram {
          results.append(.refused("too long for a datagram"))
          continue
        }
        try open.send(framed(message.body, isDatagram))
        results.append(.taken)
      }
      try open.awaitReceipt()
      return results
    } catch {
      // Which of them arrived cannot be known: all go again.
      socket = nil
      return [.failed(error.reason)]
    }
  }

  private func framed(_ body: [UInt8], _ isDatagram: Bool) -> [UInt8] {
    if isDatagram { return body }
    return sink.framing == .octetCounting
      ? Array("\(body.count) ".utf8) + body : body + [0x0A]
  }
}
