/// A protocol in which TLS may begin: it reads on what is decrypted.
protocol PlainReader: AnyObject {
  func receivePlain(_ bytes: Span<UInt8>, from side: Side, at time: Int64, into log: inout WireLog)
  func missPlain(_ count: Int64, from side: Side, at time: Int64, into log: inout WireLog)
}
