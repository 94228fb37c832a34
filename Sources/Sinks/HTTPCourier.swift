internal import Network
internal import Storage

/// Sends messages by HTTP: one request for all of a batch, or one each.
struct HTTPCourier: Courier {
  var request: Request
  var batchSize: Int
  /// The body of a batch.
  var body: @Sendable ([OutboxMessage]) -> [UInt8]
  /// What an answer of 200 to 299 means for each; `nil`: all were taken.
  var verdicts: (@Sendable (Request.Answer, [OutboxMessage]) -> [Delivery])?
  /// Whether an answer says that it had the message already.
  var isKnown: @Sendable (Request.Answer) -> Bool = { _ in false }

  mutating func deliver(_ messages: [OutboxMessage]) -> [Delivery] {
    var request = request
    request.body = body(messages)
    let answer: Request.Answer
    do throws(NetworkError) {
      answer = try request.send()
    } catch { return [.failed(error.reason)] }
    if (200..<300).contains(answer.status) {
      return verdicts?(answer, messages) ?? messages.map { _ in .taken }
    }
    if isKnown(answer) { return messages.map { _ in .taken } }
    let reason = "answered \(answer.status)\(Self.words(of: answer))"
    switch answer.status {
    case 400, 413, 415, 422:
      // Of several, one may be at fault: they go one by one.
      return messages.count > 1 ? alone(messages) : [.refused(reason)]
    default: return [.failed(reason)]
    }
  }

  private mutating func alone(_ messages: [OutboxMessage]) -> [Delivery] {
    var results: [Delivery] = []
    for message in messages {
      guard let result = deliver([message]).first else { break }
      results.append(result)
      if case .failed = result { break }
    }
    return results
  }

  /// The beginning of what the other side says.
  static func words(of answer: Request.Answer) -> String {
    let text = answer.body.prefix(160).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x20 }
    return text.isEmpty ? "" : ": " + String(decoding: text, as: UTF8.self)
  }
}

extension SinkSettings {
  /// What requests of every kind have: where to, whom TLS trusts.
  mutating func request(_ address: String) -> Request {
    var request = Request(url: address)
    request.trusted = file("ca-file")
    return request
  }
}
