/// Why an input could not be read, whole or from some point on.
public struct ReadError: Error, Sendable, Hashable {
  public enum Code: String, Sendable, CaseIterable {
    /// No such file.
    case notFound
    /// The file exists but may not or cannot be opened.
    case notReadable
    /// The device or pipe failed while reading.
    case inputOutput
    /// Compressed data end early.
    case truncated
    /// Compressed data are damaged, or are followed by something else.
    case corrupt
    /// Compressed data grow beyond the allowed ratio.
    case bomb
    /// Decompression would need more memory than allowed.
    case memoryLimit
    /// An encoding or container this machine has no converter for.
    case unsupported
  }

  public var code: Code
  /// For a person: what, where, what to do.
  public var message: String

  /// The message without the path it begins with: for a line that names the file itself.
  public func reason(of path: String) -> String {
    let prefix = path + ": "
    return message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
  }

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
