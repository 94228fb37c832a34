/// A line of evidence as it is handed to somebody else, with what became of it.
public struct EvidenceLine: Sendable, Hashable {
  public enum State: String, Sendable, CaseIterable {
    /// Its bytes are those that were hashed.
    case same = "as-hashed"
    /// Other bytes stand where it stood.
    case altered
    /// Its log is not there any more, or ends before it.
    case gone
    /// It was never hashed: it could not be read again when it was found.
    case unhashed = "never-hashed"
  }

  public var evidence: Evidence
  /// Ids of the findings that point to it, in order.
  public var findings: [String]
  public var state = State.gone
  /// Its file in the folder; `nil`: it is not in there.
  public var name: String?
  /// Where it was looked for.
  public var path: String
  /// The number of its log in the store.
  public var log: Int?
  public var seal: EvidenceSeal?

  public init(_ evidence: Evidence, findings: [String], path: String) {
    self.evidence = evidence
    self.findings = findings
    self.path = path
  }
}

/// The sealed piece that a line of evidence lies in, and the link that tells of it.
public struct EvidenceSeal: Sendable, Hashable {
  public var source: String
  public var night: Int
  /// First byte of the piece in the decompressed log, and its length.
  public var start: Int64
  public var length: Int64
  /// SHA-256 of the piece, and of the link's text.
  public var sha256: String
  public var head: String
  /// The link's text in the folder.
  public var name: String

  public init(
    source: String,
    night: Int,
    start: Int64,
    length: Int64,
    sha256: String,
    head: String,
    name: String
  ) {
    self.source = source
    self.night = night
    self.start = start
    self.length = length
    self.sha256 = sha256
    self.head = head
    self.name = name
  }
}
