/// Why the store could not be used: what, where, what to do.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// It cannot be opened, made or written.
    case unusable
    /// Others may read it.
    case tooOpen
    /// Another run holds it.
    case inUse
    /// It is no store, damaged, or of a later version.
    case notAStore
    /// The disk is full or refuses to write.
    case full
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
