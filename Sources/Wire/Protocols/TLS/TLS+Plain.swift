/// What is decrypted goes to whoever would have read it in plain.
extension TLS {
  /// What may be read inside.
  static let parsers = ProtocolRegistry.all.filter { $0.name != name }

  func givePlain(
    _ content: [UInt8],
    _ side: Side,
    _ time: Int64,
    _ log: inout WireLog
  ) {
    guard !content.isEmpty else { return }
    if outerName != nil {
      outer?.receivePlain(content.span, from: side, at: time, into: &log)
      return
    }
    let stream = innerStream()
    content.withUnsafeBytes { stream.receive($0, from: side, at: time, Self.parsers, into: &log) }
  }

  func missPlain(_ count: Int64, _ side: Side, _ time: Int64, _ log: inout WireLog) {
    guard count > 0 else { return }
    if outerName != nil {
      outer?.missPlain(count, from: side, at: time, into: &log)
    } else {
      innerStream().miss(count, from: side, at: time, Self.parsers, into: &log)
    }
  }

  func innerStream() -> Stream {
    if let inner { return inner }
    var plain = session
    plain.keys = nil
    let made = Stream(plain, flow: 0)
    inner = made
    return made
  }
}
