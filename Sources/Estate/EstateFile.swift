internal import Foundation
internal import Yams

/// Reads the estate file: YAML, every section optional, every complaint one line with file and line.
///
/// The only file of the target that uses Foundation (time zones, JSON) beside the YAML parser.
public enum EstateFile {
  /// Most bytes of an estate file.
  public static let largestFile = 16 << 20

  /// Reads a file; relative paths in it start from its folder.
  ///
  /// - Throws: `EstateError` when it cannot be read or has an error.
  public static func load(path: String) throws(EstateError) -> LoadedEstate {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, most: largestFile)
    } catch {
      throw EstateError(diagnostics: [
        Diagnostic(.error, file: path, line: 0, message: error.reason)
      ])
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    let root = folder.isEmpty && path.hasPrefix("/") ? "/" : folder
    return try load(bytes: bytes, file: path, folder: root)
  }

  /// Reads text; `file` is the name used in messages, `folder` where relative paths start from.
  ///
  /// - Throws: `EstateError` when it has an error.
  public static func load(
    yaml: String,
    file: String,
    folder: String
  ) throws(EstateError) -> LoadedEstate {
    try load(bytes: Array(yaml.utf8), file: file, folder: folder)
  }

  /// Reads bytes of any kind; never traps.
  static func load(
    bytes: [UInt8],
    file: String,
    folder: String
  ) throws(EstateError) -> LoadedEstate {
    var reader = EstateReader(file: file, folder: folder)
    if let problem = HostileText.problem(in: bytes) {
      reader.error(problem.line, problem.message)
    } else if let root = root(of: String(decoding: bytes, as: UTF8.self), &reader) {
      reader.readRoot(root)
    }
    return try reader.finished()
  }

  private static func root(of text: String, _ reader: inout EstateReader) -> Node? {
    // A string of under 16 bytes is stored in place, and the parser keeps a pointer to its bytes.
    let text = text.utf8.count < 16 ? text + "\n#                \n" : text
    do {
      guard let node = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
        return nil
      }
      if let problem = HostileText.problem(in: node) {
        reader.error(problem.line, problem.message)
        return nil
      }
      return node
    } catch let error as YamlError {
      report(error, text, &reader)
    } catch {
      reader.error(0, "not YAML: \(error)")
    }
    return nil
  }

  private static func report(_ error: YamlError, _ text: String, _ reader: inout EstateReader) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let isAlias = problem.contains("alias") || context?.text.contains("alias") ?? false
      let advice =
        isAlias
        ? "put a value that starts with * in quotes"
        : problem.contains("another document")
          ? "remove the second document (after ---)" : "correct the indentation or the quotes there"
      let wording = isAlias ? "unknown alias" : problem
      reader.error(mark.line, "not YAML: \(wording) (column \(mark.column)); \(advice)")
    case .reader(let problem, let offset, _, _):
      let line = 1 + text.prefix(offset ?? 0).count { $0.isNewline }
      reader.error(line, "not YAML: \(problem); remove the character")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map(Diagnostic.quoted).joined(separator: ", ")
      reader.error(context.mark.line, "key \(names) is there twice; keep one")
    default: reader.error(0, "not YAML: the parser gave up; check the file")
    }
  }

  /// The members of a JSON object by path (`a.b`), scalars as text, `null` left out; `nil`: not one.
  static func jsonMembers(_ bytes: [UInt8]) -> [String: String]? {
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)),
      let members = object as? [String: Any]
    else { return nil }
    var result: [String: String] = [:]
    flatten(members, prefix: "", depth: 0, into: &result)
    return result
  }

  private static func flatten(
    _ members: [String: Any],
    prefix: String,
    depth: Int,
    into result: inout [String: String]
  ) {
    for (key, value) in members {
      switch value {
      case let text as String: result[prefix + key] = text
      case let number as NSNumber: result[prefix + key] = number.stringValue
      case let inner as [String: Any] where depth < 8:
        flatten(inner, prefix: prefix + key + ".", depth: depth + 1, into: &result)
      default: break
      }
    }
  }
}

/// A zone of civil times: ±hh:mm, `UTC`, or an IANA name.
struct CivilZone: Sendable {
  /// Seconds ahead of UTC; `nil`: by the table of `zone`.
  private var fixed: Int?
  private var zone: TimeZone?

  static let utc = CivilZone(fixed: 0)

  private init(fixed: Int) { self.fixed = fixed }

  /// `nil` when nobody knows such a zone.
  init?(name: String) {
    switch name {
    case "UTC", "utc", "Z", "z", "GMT", "Etc/UTC": fixed = 0
    case "Asia/Tokyo", "Japan", "JST": fixed = 9 * 3600
    default:
      if let offset = Self.fixedOffset(name) {
        fixed = offset
      } else if name.contains("/"), let found = TimeZone(identifier: name) {
        zone = found
      } else {
        return nil
      }
    }
  }

  /// Seconds of `+09:00`, `-0330` or `+09`.
  static func fixedOffset(_ text: String) -> Int? {
    var bytes = Array(text.utf8)
    guard let sign = bytes.first, sign == 0x2B || sign == 0x2D else { return nil }
    bytes.removeFirst()
    if bytes.count == 5, bytes[2] == 0x3A { bytes.remove(at: 2) }
    guard bytes.count == 4 || bytes.count == 2, bytes.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return nil
    }
    let digits = bytes.map { Int($0) - 0x30 }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits.count == 4 ? digits[2] * 10 + digits[3] : 0
    guard hours <= 18, minutes < 60 else { return nil }
    return (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// The instant of a local civil time, given as seconds since 1970 as if it were UTC.
  func utcSeconds(fromLocal local: Int64) -> Int64 {
    if let fixed { return local &- Int64(fixed) }
    guard let zone else { return local }
    func offset(at seconds: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
    let guess = local &- offset(at: local)
    return local &- offset(at: guess)
  }
}
