internal import EventModel
internal import Network
internal import Reporting
internal import Storage

/// A mail an incident and state, by SMTP.
///
///     - {name: mail, kind: mail, server: "smtp://mail.example:25", from: ometsuke@example.org,
///        to: [soc@example.org]}
///
/// `smtps` is TLS from the beginning; `smtp` goes over to TLS where the server offers it, and must
/// where `needs-tls` says so.
struct MailSink: Sink {
  static let kind = "mail"
  static let keys = [
    SinkKey("server", .endpoint(["smtp": 25, "smtps": 465]), isRequired: true),
    SinkKey("from", .text, isRequired: true), SinkKey("to", .texts, isRequired: true),
    SinkKey("user", .text), SinkKey("password", .secret), SinkKey("needs-tls", .flag),
    SinkKey("language", .words(WatchText.Language.allCases.map(\.rawValue))),
    SinkKey("ca-file", .path),
  ]

  let request: Request
  let from: String
  let recipients: [String]
  let language: WatchText.Language

  init(_ settings: inout SinkSettings) {
    let server = settings.endpoint("server")
    var request = settings.request(server?.text ?? "")
    from = settings.text("from") ?? ""
    recipients = settings.texts("to")
    for (key, address) in [("from", from)] + recipients.map({ ("to", $0) })
    where !address.isEmpty && !Self.isAddress(address) {
      settings.say(of: key, "holds no address; write name@host")
    }
    request.from = "<\(from)>"
    request.recipients = recipients.map { "<\($0)>" }
    request.user = settings.text("user")
    request.password = settings.secret("password")
    // A password goes over no plain line.
    request.needsTLS =
      settings.flag("needs-tls") || server?.scheme == "smtps" || request.password != nil
    language = settings.word("language", default: .english)
    self.request = request
  }

  private static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>,;:\"()[]\\".utf8.contains($0) }
      }
  }

  func messages(
    of incident: Incident,
    _ context: MessageContext,
    isKnown: (String) -> Bool
  ) -> [OutboxMessage] {
    message(of: incident, context, isKnown: isKnown) { context in
      var context = context
      context.language = language
      return MailMessage.text(of: incident, context, from: from, to: recipients)
    }
  }

  func makeCourier() -> any Courier { MailCourier(request: request) }
}

private struct MailCourier: Courier {
  let request: Request

  mutating func deliver(_ messages: [OutboxMessage]) -> [Delivery] {
    var results: [Delivery] = []
    for message in messages {
      var request = request
      request.body = message.body
      do throws(NetworkError) {
        let answer = try request.send()
        switch answer.status {
        case 200..<400: results.append(.taken)
        // What the server has against the mail itself, not against who sends it.
        case 552, 554: results.append(.refused("answered \(answer.status): \(answer.reason)"))
        default: return results + [.failed("answered \(answer.status): \(answer.reason)")]
        }
      } catch { return results + [.failed(error.reason)] }
    }
    return results
  }
}
