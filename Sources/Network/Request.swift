internal import CNet

/// What is sent by HTTP or as a mail; libcurl does it, loaded when first needed.
public struct Request: Sendable {
  public var url: String
  public var headers: [String] = []
  public var body: [UInt8] = []
  /// PEM; `nil`: the system's.
  public var trusted: String?
  public var user: String?
  public var password: String?
  /// Of a mail.
  public var from: String?
  public var recipients: [String] = []
  public var needsTLS = false

  public init(url: String) { self.url = url }

  public struct Answer: Sendable {
    public var status: Int
    /// The first bytes of it.
    public var body: [UInt8]
    public var reason: String
  }

  /// Bytes kept of an answer: that to 64 documents.
  private static let answerLimit = 256 << 10

  /// Sends it and waits, 30 seconds at most.
  public func send() throws(NetworkError) -> Answer {
    var answer = cnet_answer()
    let texts = CTexts([url, trusted, user, password, from] + headers + recipients)
    let count = headers.count
    let failed = body.withUnsafeBytes { bytes in
      texts.lend { pointers in
        var request = cnet_request()
        request.url = pointers[0]
        request.ca_file = pointers[1]
        request.user = pointers[2]
        request.password = pointers[3]
        request.from = pointers[4]
        request.headers = pointers.baseAddress.map { $0 + 5 }
        request.header_count = count
        request.recipients = pointers.baseAddress.map { $0 + 5 + count }
        request.recipient_count = recipients.count
        request.body = bytes.baseAddress
        request.body_length = bytes.count
        request.needs_tls = needsTLS ? 1 : 0
        request.connect_seconds = 10
        request.seconds = 30
        return cnet_send(&request, Self.answerLimit, &answer) != 0
      }
    }
    defer { cnet_answer_free(&answer) }
    let reason = withUnsafeBytes(of: &answer.why) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard !failed else { throw NetworkError(reason) }
    let kept = UnsafeRawBufferPointer(start: answer.body, count: answer.body_length)
    return Answer(status: answer.status, body: Array(kept), reason: reason)
  }
}

/// Texts as C reads them, as long as this lives.
private final class CTexts {
  private let pointers: [UnsafePointer<CChar>?]

  func lend<T>(_ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> T) -> T {
    withExtendedLifetime(self) { pointers.withUnsafeBufferPointer(body) }
  }

  init(_ texts: [String?]) {
    pointers = texts.map { text in
      guard let text else { return nil }
      let bytes = text.utf8CString
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      bytes.withUnsafeBufferPointer {
        if let base = $0.baseAddress { copy.initialize(from: base, count: bytes.count) }
      }
      return UnsafePointer(copy)
    }
  }

  deinit { for pointer in pointers { pointer?.deallocate() } }
}
