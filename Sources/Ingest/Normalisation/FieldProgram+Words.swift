internal import EventModel

/// The words of operations and outcomes: declared ones, else the usual ones.
extension FieldProgram {
  static func operationRule(_ rule: FieldRule?) -> WordRule {
    var result = WordRule()
    let level = result.words.addLevel()
    for operation in Operation.allCases {
      result.words.add(Array(operation.name.utf8), at: level) { $0.payload = operation.rawValue }
    }
    if let rule, !rule.values.isEmpty {
      for (word, name) in rule.values {
        let meant = Operation(name: name) ?? .other
        result.words.add(Array(word.utf8), at: level) { $0.payload = meant.rawValue }
      }
    } else {
      let defaults: [(Operation, [String])] = [
        (.export, ["export", "download", "dump", "extract", "csv_export", "bulk_export"]),
        (.read, ["read", "view", "select", "search", "list", "get", "query", "show"]),
        (.write, ["insert", "update", "delete", "write", "import", "create"]),
        (.logon, ["login", "logon"]), (.logoff, ["logout", "logoff"]),
      ]
      for (operation, words) in defaults {
        add(words, operation.rawValue, to: &result.words, at: level)
      }
    }
    result.otherwise = rule?.otherwise.flatMap { Operation(name: $0) }?.rawValue
    result.words.seal()
    return result
  }

  static func outcomeRule(_ rule: FieldRule?) -> WordRule {
    var result = WordRule()
    let level = result.words.addLevel()
    add(["success", "failure", "unknown"], nil, to: &result.words, at: level)
    if let rule, !rule.values.isEmpty {
      for (word, name) in rule.values {
        result.words.add(Array(word.utf8), at: level) { $0.payload = outcome(name).rawValue }
      }
    } else {
      let success = [
        "ok", "success", "succeeded", "successful", "true", "pass", "allowed", "granted",
      ]
      let failure = [
        "failure", "fail", "failed", "error", "denied", "deny", "false", "forbidden", "rejected",
        "refused", "unauthorized", "unauthorised", "invalid", "aborted", "blocked", "ng",
      ]
      add(success, Outcome.success.rawValue, to: &result.words, at: level)
      add(failure, Outcome.failure.rawValue, to: &result.words, at: level)
    }
    result.otherwise = (rule?.otherwise).map { outcome($0).rawValue }
    result.words.seal()
    return result
  }

  private static func outcome(_ name: String) -> Outcome {
    switch name {
    case "success": .success
    case "failure": .failure
    default: .unknown
    }
  }

  /// Adds words as they are, in capitals and with a capital; no payload: each is an outcome's name.
  private static func add(
    _ words: [String],
    _ payload: UInt8?,
    to table: inout KeyTable,
    at level: Int
  ) {
    for word in words {
      let meant = payload ?? outcome(word).rawValue
      let small = Array(word.utf8)
      let large = small.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
      for form in [small, large, Array(large.prefix(1)) + small.dropFirst()] {
        table.add(form, at: level) { $0.payload = meant }
      }
    }
  }
}
