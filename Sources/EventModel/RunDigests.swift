/// What a result was made by and from: digests in lower-case hexadecimal.
public struct RunDigests: Sendable, Hashable {
  /// A file as it lies on disk: what `sha256sum` prints of it.
  public struct File: Sendable, Hashable {
    public var path: String
    public var bytes: Int64
    /// `nil`: it could not be read.
    public var sha256: String?

    public init(path: String, bytes: Int64, sha256: String?) {
      self.path = path
      self.bytes = bytes
      self.sha256 = sha256
    }
  }

  /// The build id of the program, as `file` and `readelf -n` show it; `nil`: it has none.
  public var build: String?
  /// SHA-256 of the program's file, where it was asked for.
  public var program: String?
  /// SHA-256 over the SHA-256 of the estate file and each register, in order of path; `nil`: none.
  public var configuration: String?
  /// SHA-256 of the detectors in use, the policy and the exceptions as they are effective.
  public var rules: String
  /// `nil`: they were not digested.
  ///
  /// Says of the places of the input what they were: other for every split of the same lines.
  public var inputs: [File]?

  public init(rules: String) { self.rules = rules }
}
