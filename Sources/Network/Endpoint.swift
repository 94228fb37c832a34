internal import Glibc

/// A place on the network: `tls://siem.example:6514`, `udp://[2001:db8::1]:514`.
public struct Endpoint: Sendable, Hashable {
  public var scheme: String
  /// A name or an address, without brackets.
  public var host: String
  public var port: Int

  public init(scheme: String, host: String, port: Int) {
    (self.scheme, self.host, self.port) = (scheme, host, port)
  }

  /// An endpoint as it is written; `nil`: it is none.
  ///
  /// `defaults`: the schemes that may be, and the port of each where none is written; 0: one must be.
  public init?(_ text: String, defaults: [String: Int]) {
    guard let colon = text.firstRange(of: "://") else { return nil }
    scheme = text[..<colon.lowerBound].lowercased()
    guard let usual = defaults[scheme] else { return nil }
    var rest = text[colon.upperBound...]
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    var digits: Substring?
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      let tail = rest[rest.index(after: end)...]
      guard tail.isEmpty || tail.hasPrefix(":") else { return nil }
      if !tail.isEmpty { digits = tail.dropFirst() }
    } else {
      let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { return nil }
      host = String(parts[0])
      if parts.count == 2 { digits = parts[1] }
    }
    let isPlain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x40 }
    guard !host.isEmpty, isPlain else { return nil }
    let isNumber = digits.map { !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } } ?? true
    guard isNumber, let number = digits.map({ Int($0) }) ?? usual, 1...65_535 ~= number else {
      return nil
    }
    port = number
  }

  public var text: String {
    scheme + "://" + (host.utf8.contains(0x3A) ? "[\(host)]" : host) + ":\(port)"
  }

  /// Addresses of it, in the order in which they are to be tried; empty: the name is not known.
  func addresses(isDatagram: Bool, isPassive: Bool) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32((isDatagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
    hints.ai_flags = isPassive ? AI_PASSIVE : AI_ADDRCONFIG
    var found: UnsafeMutablePointer<addrinfo>?
    var result = getaddrinfo(host, String(port), &hints, &found)
    if result != 0, !isPassive {
      // A machine with nothing but its loopback.
      hints.ai_flags = 0
      result = getaddrinfo(host, String(port), &hints, &found)
    }
    guard result == 0 else { return [] }
    defer { freeaddrinfo(found) }
    var addresses: [SocketAddress] = []
    var next = found
    while let item = next?.pointee {
      if let address = item.ai_addr {
        addresses.append(
          SocketAddress(
            family: item.ai_family,
            bytes: Array(
              UnsafeRawBufferPointer(start: address, count: Int(item.ai_addrlen))
            )
          )
        )
      }
      next = item.ai_next
    }
    return addresses
  }
}

/// An address as the kernel takes it.
struct SocketAddress {
  var family: Int32
  var bytes: [UInt8]

  func with<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T? {
    bytes.withUnsafeBytes { raw in
      raw.baseAddress.map { body($0.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) }
    }
  }

  /// A socket of its family, closed on exec; negative: none.
  func socket(isDatagram: Bool) -> Int32 {
    let kind = (isDatagram ? SOCK_DGRAM : SOCK_STREAM).rawValue | SOCK_CLOEXEC.rawValue
    return Glibc.socket(family, Int32(kind), 0)
  }
}

/// Why something on the network did not work, for a person.
public struct NetworkError: Error, Sendable, CustomStringConvertible {
  public var reason: String
  public init(_ reason: String) { self.reason = reason }
  public var description: String { reason }

  static func system(_ what: String) -> NetworkError {
    let code = errno
    return NetworkError("\(what) (\(strerror(code).map { String(cString: $0) } ?? "\(code)"))")
  }
}
