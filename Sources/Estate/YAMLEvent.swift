internal import CYAML

/// What libyaml reports, without its memory.
struct YAMLEvent {
  enum Kind {
    case document
    case alias(String)
    case scalar(YAMLNode.Scalar, anchor: String?)
    case start(isMapping: Bool, anchor: String?)
    case end
  }

  var kind: Kind
  /// From 1.
  var line: Int
  /// From 1, in characters.
  var column: Int
}

/// The events of a text of UTF-8, one after the other; owns the parser.
final class EventReader {
  private static let textTag = "tag:yaml.org,2002:str"

  /// The parser points into itself, the text must stay where it is: both have places of their own.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>
  private var isInitialised = false

  init(_ bytes: ArraySlice<UInt8>) throws(YAMLProblem) {
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    text = .allocate(capacity: max(1, bytes.count))
    _ = text.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else { throw Self.outOfMemory }
    isInitialised = true
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
  }

  deinit {
    if isInitialised { yaml_parser_delete(parser) }
    parser.deallocate()
    text.deallocate()
  }

  /// `nil` at the end of the text.
  func next() throws(YAMLProblem) -> YAMLEvent? {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
      defer { yaml_event_delete(&event) }
      if event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT { return nil }
      guard let kind = Self.kind(event) else { continue }
      return YAMLEvent(
        kind: kind,
        line: Self.place(event.start_mark.line),
        column: Self.place(event.start_mark.column)
      )
    }
  }

  private static func kind(_ event: yaml_event_t) -> YAMLEvent.Kind? {
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return .document
    case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: Int(scalar.length))
      let isText = string(scalar.tag) == textTag
      return .scalar(
        YAMLNode.Scalar(
          string: String(decoding: bytes, as: UTF8.self),
          isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE && !isText
        ),
        anchor: string(scalar.anchor)
      )
    case YAML_SEQUENCE_START_EVENT:
      return .start(isMapping: false, anchor: string(event.data.sequence_start.anchor))
    case YAML_MAPPING_START_EVENT:
      return .start(isMapping: true, anchor: string(event.data.mapping_start.anchor))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
    default: return nil
    }
  }

  /// What libyaml gave up on.
  private func problem() -> YAMLProblem {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "the parser gave up"
    switch state.error {
    case YAML_MEMORY_ERROR: return Self.outOfMemory
    case YAML_READER_ERROR:
      let before = text.prefix(Int(clamping: state.problem_offset))
      let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
      return YAMLProblem(line: line, message: "not YAML: \(problem); remove the character")
    default:
      let context = state.context.map { String(cString: $0) } ?? ""
      let isAlias = problem.contains("alias") || context.contains("alias")
      let wording = isAlias ? "unknown alias" : problem
      let isSign = problem.contains("cannot start any token")
      let advice =
        isAlias
        ? "put a value that starts with * in quotes"
        : isSign
          ? "indent with spaces, not tabs, and put a value that starts with such a sign in quotes"
          : "correct the indentation or the quotes there"
      return syntax(state, isAlias ? "" : context, wording, advice)
    }
  }

  /// A quote or bracket that is not closed is said where it opens.
  private func syntax(
    _ state: yaml_parser_t,
    _ context: String,
    _ wording: String,
    _ advice: String
  ) -> YAMLProblem {
    let opens = ["quoted scalar": "quote", "flow sequence": "[", "flow mapping": "{"]
    let opened = opens.first { context.hasSuffix($0.key) }?.value
    let start = Self.place(state.context_mark.line)
    // libyaml counts characters, and lines after the end.
    let length = text.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    if let opened, Int(clamping: state.problem_mark.index) >= length {
      let column = Self.place(state.context_mark.column)
      return YAMLProblem(
        line: start,
        message: "not YAML: the \(opened) in column \(column) is not closed; close it"
      )
    }
    let last = text.dropLast().reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let line = min(Self.place(state.problem_mark.line), last)
    let column = Self.place(state.problem_mark.column)
    let place = opened.map { start < line ? ", \($0) opened in line \(start)" : "" } ?? ""
    return YAMLProblem(
      line: line,
      message: "not YAML: \(wording) (column \(column)\(place)); \(advice)"
    )
  }

  private static var outOfMemory: YAMLProblem {
    YAMLProblem(line: 0, message: "not enough memory to read it; split it")
  }

  /// libyaml counts from 0.
  private static func place(_ number: Int) -> Int { number &+ 1 }

  private static func string(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
    bytes.map { String(cString: $0) }
  }
}
