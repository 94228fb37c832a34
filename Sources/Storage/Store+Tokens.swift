/// Time-stamp tokens (RFC 3161) over links of the chain of anchors.
extension Store {
  /// Keeps a token of a link; one that is there is replaced, which the chain tells.
  public func putToken(_ token: [UInt8], of head: [UInt8]) throws(StoreError) {
    try connection.run(
      "INSERT OR REPLACE INTO anchor_token VALUES (?, ?)",
      [.blob(head), .blob(token)]
    )
  }

  /// The token of a link; `nil`: none is kept.
  public func token(of head: [UInt8]) throws(StoreError) -> [UInt8]? {
    try connection.first("SELECT token FROM anchor_token WHERE head = ?", [.blob(head)]) {
      $0.bytes(0)
    }
  }

  /// SHA-256, as everything here is digested.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] { sha256(bytes) }
}
