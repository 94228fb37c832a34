import Testing

@testable import Estate

/// A text as its tree: `{a: [b, "5"]}`, text in quotes where it can only be text; or the complaint.
private func tree(_ text: String) -> String { tree(Array(text.utf8)) }

private func tree(_ bytes: [UInt8]) -> String {
  do throws(YAMLProblem) {
    return try YAMLComposer.compose(bytes).map { written($0) } ?? "nothing"
  } catch {
    return "\(error.line): \(error.message)"
  }
}

private func written(_ node: YAMLNode) -> String {
  switch node.content {
  case .scalar(let scalar): scalar.isPlain ? scalar.string : "\"\(scalar.string)\""
  case .sequence(let nodes): "[" + nodes.map { written($0) }.joined(separator: ", ") + "]"
  case .mapping(let pairs):
    "{" + pairs.map { written($0.key) + ": " + written($0.value) }.joined(separator: ", ") + "}"
  }
}

struct YAMLTests {
  @Test(arguments: [
    ("", "nothing"), ("# only this\n", "nothing"), ("---\n...\n", ""), ("a", "a"), ("5", "5"),
    ("a: b\nc: [d, e]\n", "{a: b, c: [d, e]}"),
    ("a:\n- b: 1\n  c: 2\n- d\n", "{a: [{b: 1, c: 2}, d]}"),
    ("a: '5'\nb: \"~\"\nc: ~\nd:\n", "{a: \"5\", b: \"~\", c: ~, d: }"),
    ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: \"x\ny\n\", b: \"x y\"}"),
    ("a: !!str ~\nb: !!null ~\nc: !other x\n", "{a: \"~\", b: ~, c: x}"),
    (
      "名前: 北メールオーダー\n'所有者': [南市, \"高橋\"]\n",
      "{名前: 北メールオーダー, \"所有者\": [南市, \"高橋\"]}"
    ),
    ("\u{FEFF}a: b\nc: d\n", "{a: b, c: d}"),
    ("a: b\r\nc:\r\n  - d\r\n", "{a: b, c: [d]}"),
    ("a:\tb\nc: [d,\te]\t# note\n", "{a: b, c: [d, e]}"),
    ("a: &x [1, 2]\nb: *x\nc: {d: *x}\n", "{a: [1, 2], b: [1, 2], c: {d: [1, 2]}}"),
    ("a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"),
    ("a: &x {b: c}\nd: {<<: *x}\n", "{a: {b: c}, d: {<<: {b: c}}}"),
    ("a: \"\\u65e5\\x41\"\n", "{a: \"日A\"}"),
    ("%YAML 1.2\n---\na: b\n", "{a: b}"), ("? [a]\n: b\n", "{[a]: b}"),
  ])
  func `a document becomes a tree that keeps how its values were written`(
    text: String,
    expected: String
  ) {
    #expect(tree(text) == expected)
  }

  @Test(arguments: [
    ("a: b\n  c: d\n", 2), ("a: [b\nc: d\n", 2), ("a:\n\tb: c\n", 2),
    ("a: b\nc: \"\\q\"\n", 2), ("a: b\n\n}\n", 3), ("a: b\nc: d: e\n", 2), ("a\nb: c\n", 2),
    ("a: b\r\nc: @d\r\n", 2), ("\u{FEFF}a: b\n- c\n", 2), ("a: 日\n名: [,]\n", 2),
  ])
  func `a fault of syntax has its line and advice`(text: String, line: Int) {
    let found = tree(text)
    #expect(found.hasPrefix("\(line): not YAML: "), "\(found)")
    let isSign = found.contains("cannot start any token")
    let advice =
      isSign
      ? "; indent with spaces, not tabs, and put a value that starts with such a sign in quotes"
      : "; correct the indentation or the quotes there"
    #expect(found.hasSuffix(advice), "\(found)")
  }

  @Test(arguments: [
    (
      "a: 1\n---\nb: 2\n",
      "2: not YAML: found another document (column 1); remove the second document (after ---)"
    ),
    (
      "a: *b\n",
      "1: not YAML: unknown alias (column 4); put a value that starts with * in quotes"
    ),
    (
      "a: &b [*b]\n",
      "1: not YAML: unknown alias (column 8); put a value that starts with * in quotes"
    ),
    ("a: 1\n'b': 2\nb: 3\na: 4\n", "3: key \"b\" is there twice (first in line 2); keep one"),
    ("x:\n  a: 1\n  a: 1\n", "3: key \"a\" is there twice (first in line 2); keep one"),
    ("a: 1\nb: [c\n", "2: not YAML: the [ in column 4 is not closed; close it"),
    ("a: 1\nb: {c: d\n\n\n", "2: not YAML: the { in column 4 is not closed; close it"),
    ("a: 1\nb: [\"日\nc: d\n", "2: not YAML: the quote in column 5 is not closed; close it"),
    (
      "a: [b\nc: d\n",
      "2: not YAML: did not find expected ',' or ']' (column 2, [ opened in line 1); "
        + "correct the indentation or the quotes there"
    ),
    (
      "a: 1\nb: \u{FFFE}\n",
      "2: not YAML: control characters are not allowed; remove the character"
    ),
  ])
  func `what is YAML but no single clear tree is refused`(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test(arguments: [
    ("text", "abc a-1 no on yes y Off 0o8 0xG 1_000 12:30 1.2.3 1-2 - 2024-4 .5.6 1e +- ~x"),
    ("nothing", "~ null Null NULL"), ("boolean", "true True TRUE false False FALSE"),
    ("integer", "0 5 -5 +5 0042 0o17 0xFf"), ("number", "1.5 .5 5. 1e6 -1.5E+3 .inf -.Inf .nan"),
    ("date", "2024-04-01 2024-4-1 2024-04-01T09:00:00Z"),
  ])
  func `a value without quotes has the kind that YAML gives it`(kind: String, values: String) {
    for value in values.split(separator: " ").map(String.init) {
      let plain = YAMLNode.Scalar(string: value, isPlain: true)
      #expect("\(plain.kind)" == kind, "\(value)")
      #expect(YAMLNode.Scalar(string: value, isPlain: false).kind == .text)
    }
  }

  @Test func `an alias counts as all that it names`() {
    var bomb = "x0: &a0 [a,a,a,a,a,a,a,a,a]\n"
    for level in 1..<12 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
      bomb += "x\(level): &a\(level) [\(aliases)]\n"
    }
    let refused = "holds over 1,000,000 values with aliases expanded; write fewer aliases"
    #expect(tree(bomb) == "7: " + refused)
    let flat = "a: &x [" + String(repeating: "b,", count: 9999) + "b]\nc: ["
    #expect(tree(flat + String(repeating: "*x,\n", count: 98) + "]").hasPrefix("{a: [b, b"))
    #expect(tree(flat + String(repeating: "*x,\n", count: 98) + "*x]") == "100: " + refused)
    let many = (0..<33).map { "a\($0): &x\($0) 1\n" }.joined()
    #expect(tree(many) == "33: has over 32 anchors (&name); write the values out")
    let words = (0..<40).map { "a\($0): R&D # &x\n" }.joined()
    #expect(tree(words).hasPrefix("{a0: R&D"))
  }

  @Test func `depth is bounded, through aliases too`() {
    let refused = "1: is nested too deeply; write it flatter"
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(tree(nested(50)) == nested(50))
    #expect(tree(nested(51)) == refused)
    #expect(tree(String(repeating: "[", count: 1_000_000)) == refused)
    #expect(tree(String(repeating: "{a: ", count: 1_000_000)) == refused)
    #expect(tree(String(repeating: "- ", count: 1_000_000)) == refused)
    #expect(tree(String(repeating: "? ", count: 100_000)) == refused)
    let named = "a: &x " + nested(30) + "\nb: " + String(repeating: "[", count: 20) + "*x"
    #expect(tree(named).hasPrefix("2: is nested"))
  }

  @Test func `a value knows its line, an alias where it stands`() throws {
    let root = try #require(
      try YAMLComposer.compose(Array("# 日本\na: &x\n  b: c\r\nd:\n  - e\n  - *x\n".utf8))
    )
    let pairs = try #require(root.mapping)
    #expect(pairs.map(\.key.line) == [2, 4])
    #expect(pairs[0].value.mapping?[0].value.line == 3)
    #expect(pairs[1].value.sequence?.map(\.line) == [5, 6])
  }

  @Test func `bytes of any kind end in a tree or a problem with its line`() {
    let likely =
      Array("&*!|>-?:,[]{}#'\"%@`~ab \t\r\n\n  - : ".utf8) + [0xEF, 0xBB, 0xBF, 0xC2, 0x85]
    var state: UInt64 = 42
    for _ in 0..<5000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(state >> 58) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(likely[Int(state >> 33) % likely.count])
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      do throws(YAMLProblem) {
        _ = try YAMLComposer.compose(bytes)
      } catch {
        #expect((1...66).contains(error.line), "\(error)")
      }
    }
  }
}

struct JSONMembersTests {
  private func members(_ text: String) -> [String: String]? { JSONMembers.read(Array(text.utf8)) }

  @Test func `scalars are text by path, null and arrays are left out`() {
    let found = members(
      #"{"a": 7, "b": {"c": "x", "d": {"e": true}}, "f": null, "g": [1, {"h": 2}], "i": -1.50}"#
    )
    #expect(found == ["a": "7", "b.c": "x", "b.d.e": "true", "i": "-1.50"])
    #expect(
      members(#"{"a": 7.0, "b": 2.5e2, "c": 12345678901234567890, "d": 1e400}"#)
        == ["a": "7", "b": "250", "c": "12345678901234567890", "d": "1e400"]
    )
    #expect(members(#" {"a":"\u65e5\ud83d\ude00\n\"\/","a":"日"} "#) == ["a": "日"])
    #expect(members(#"{"\u0061":"\ud83d\ude00"}"#) == ["a": "\u{1F600}"])
    #expect(members("{}") == [:])
  }

  @Test(arguments: [
    "", "[1]", "7", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":1} x",
    "{a:1}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
    "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":tru}", "{\"a\":-}", "{\"a\":1.}", "{\"a\":1e}",
    "{\"a\":\"b", "{'a':1}", "{\"a\":[1,]}", "{\"a\":NaN}", "{\"a\":+1}",
  ])
  func `what is no JSON object is refused`(text: String) {
    #expect(members(text) == nil)
  }

  @Test func `depth and bytes are bounded`() {
    #expect(members("{\"a\":" + String(repeating: "[", count: 1_000_000)) == nil)
    #expect(members(String(repeating: "{\"a\":", count: 1_000_000)) == nil)
    #expect(JSONMembers.read(Array("{\"a\":\"".utf8) + [0xFF, 0x22, 0x7D]) == nil)
  }
}
