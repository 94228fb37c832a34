internal import Synchronization

/// Where requests name their user beside `Authorization`: fields that a proxy sets once it has let somebody in, and
/// cookies whose value is an account.
///
/// What a client sends there itself is believed as well: it holds where the capture stands behind the proxy.
public final class UserFields: Sendable {
  private struct State {
    var headers: [[UInt8]] = []
    var cookies: [[UInt8]] = []
  }

  /// Most names of either kind; more are not looked for.
  public static let limit = 64

  private let state = Mutex(State())

  public init() {}

  /// Those that were declared, for every capture that is read.
  public static let declared = UserFields()

  /// Takes the names of fields and cookies, in the order in which they are believed.
  public func add(headers: [String], cookies: [String]) {
    state.withLock { state in
      for name in headers {
        let name = name.utf8.map(lowered)
        if state.headers.count < Self.limit, !state.headers.contains(name) {
          state.headers.append(name)
        }
      }
      for name in cookies {
        let name = Array(name.utf8)
        if state.cookies.count < Self.limit, !state.cookies.contains(name) {
          state.cookies.append(name)
        }
      }
    }
  }

  /// The names as they are now; `nil`: there are none.
  var names: Names? {
    state.withLock { state in
      state.headers.isEmpty && state.cookies.isEmpty
        ? nil : Names(headers: state.headers, cookies: state.cookies)
    }
  }

  /// What is looked for in the heads of one capture.
  struct Names: Sendable, Hashable {
    /// In small letters.
    var headers: [[UInt8]]
    /// As they are written: names of cookies are not the same in another case (RFC 6265, section 5.3).
    var cookies: [[UInt8]]
  }
}

extension HTTP {
  /// Who a request says it is for, among declared fields: the first that is there and not empty.
  struct NamedUser {
    /// What no account is longer than.
    private static let limit = 1024

    private let names: UserFields.Names
    /// By place in the declared names, headers before cookies.
    private var place = Int.max
    private(set) var account: [UInt8]?

    init(_ names: UserFields.Names) {
      self.names = names
    }

    mutating func read(_ name: ArraySlice<UInt8>, _ value: () -> [UInt8]) {
      if let found = names.headers.firstIndex(where: { Self.isSame($0, name) }) {
        take(value(), found)
      }
      guard !names.cookies.isEmpty, Self.isSame(Array("cookie"), name) else { return }
      for pair in value().split(separator: 0x3B) {
        let pair = Array(pair).trimmed
        guard let end = pair.firstIndex(of: 0x3D),
          let found = names.cookies.firstIndex(of: Array(pair[..<end]).trimmed)
        else { continue }
        var text = Array(pair[(end + 1)...]).trimmed
        if text.count >= 2, text.first == 0x22, text.last == 0x22 {
          text = Array(text[1..<text.count - 1])
        }
        take(Self.decoded(text), names.headers.count + found)
      }
    }

    private mutating func take(_ value: [UInt8], _ found: Int) {
      guard found < place, !value.isEmpty, value.count <= Self.limit else { return }
      (place, account) = (found, value)
    }

    private static func isSame(_ wanted: [UInt8], _ name: ArraySlice<UInt8>) -> Bool {
      wanted.count == name.count && zip(wanted, name).allSatisfy { $0 == lowered($1) }
    }

    /// `sato%40example.com`: cookies cannot hold all characters.
    private static func decoded(_ text: [UInt8]) -> [UInt8] {
      guard text.contains(0x25) else { return text }
      var result: [UInt8] = []
      var at = 0
      while at < text.count {
        if text[at] == 0x25, at + 2 < text.count, let high = digit(text[at + 1]),
          let low = digit(text[at + 2])
        {
          result.append(high << 4 | low)
          at += 3
        } else {
          result.append(text[at])
          at += 1
        }
      }
      return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
      switch lowered(byte) {
      case 0x30...0x39: byte - 0x30
      case 0x61...0x66: lowered(byte) - 0x57
      default: nil
      }
    }
  }
}
