internal import EventModel
internal import Glibc

/// Limits, calendar and the key of subject hashes.
extension EstateReader {
  static let horizons = shortHorizons + longHorizons + ["day"]
  private static let shortHorizons = ["1m", "10m", "1h"]
  private static let longHorizons = ["24h", "7d", "30d", "90d", "365d", "lifetime"]

  mutating func readPolicy(_ node: YAMLNode) {
    guard !isNull(node) else { return }
    let keys = [
      "limits", "limits-scale", "share-limits", "look-up-limits", "sequence-limits", "lateness",
      "late-approval", "ticket-tolerance", "time-zone", "working-days", "holidays", "bulk-floor",
      "devices", "inquiries", "calls", "uncounted-limits",
    ]
    guard let fields = fields(of: node, what: "policy", keys: keys) else { return }
    if let name = zoneName(fields, "time-zone") {
      estate.policy.timeZone = name
      zone = TimeZoneRule(name: name) ?? zone
    }
    estate.policy.limits = limits(
      fields,
      "limits",
      Self.shortHorizons + Self.longHorizons,
      advice: "write a whole number of records",
      Scalars.count
    )
    estate.policy.shareLimits = limits(
      fields,
      "share-limits",
      Self.longHorizons,
      advice: "write a share such as 20% or 0.5%",
      Scalars.share
    )
    let advice = "write a whole number of records"
    estate.policy.lookUpLimits = limits(
      fields,
      "look-up-limits",
      ["day", "30d", "90d"],
      advice: advice,
      Scalars.count
    )
    estate.policy.sequenceLimits = limits(
      fields,
      "sequence-limits",
      ["day", "30d"],
      advice: advice,
      Scalars.count
    )
    estate.policy.uncountedLimits = limits(
      fields,
      "uncounted-limits",
      ["day", "30d"],
      advice: "write a whole number of reads",
      Scalars.count
    )
    if let value = lateness(fields) { estate.policy.lateness = value }
    if let value = duration(fields, "late-approval") { estate.policy.lateApproval = value }
    if let percent = percent(fields, "ticket-tolerance", most: 100) {
      estate.policy.ticketTolerance = percent
    }
    if let percent = percent(fields, "limits-scale", most: 100_000) {
      estate.policy.limitsScale = percent
    }
    if let value = count(fields, "bulk-floor") { estate.policy.bulkFloor = value }
    if let days = weekdays(fields, "working-days") {
      estate.policy.workingDays = Set(days.isEmpty ? Array(0...6) : days)
    }
    if let entry = fields["devices"] {
      for item in list(entry.node) { readDevice(item) }
    }
    if let entry = fields["inquiries"] {
      for item in list(entry.node) { readInquiry(item) }
    }
    if let entry = fields["calls"], !isNull(entry.node) { readCalls(entry.node) }
    if let entry = fields["holidays"] {
      for item in list(entry.node) { readHoliday(item) }
    }
  }

  /// A pattern over what logs say of the device, or the entry of a register.
  private mutating func readDevice(_ node: YAMLNode) {
    if node.scalar != nil {
      guard let text = text(node, "devices", .name) else { return }
      guard !text.isEmpty, !isNull(node) else {
        error(line(node), "devices of policy holds an empty value; remove it")
        return
      }
      var device = RegisteredDevice(name: text, patterns: [Pattern(text)])
      device.line = line(node)
      estate.policy.devices.append(device)
      return
    }
    let keys = ["name", "match", "holder", "from", "until"]
    guard let fields = fields(of: node, what: "a device", keys: keys),
      let name = name(fields, "name", .identifier)
    else { return }
    var device = RegisteredDevice(
      name: name,
      patterns: patterns(texts(fields, "match", form: .identifier))
    )
    if device.patterns.isEmpty {
      lacks(fields, "has no match; write what logs say of it, such as \"*4C530001230717*\"")
      return
    }
    device.holder = text(fields, "holder")
    device.from = time(fields, "from")
    device.until = time(fields, "until", end: true)
    device.line = fields.line
    checkOrder(fields, device.from, device.until, "from", "until")
    guard isNew(name, "device", at: fields.line) else { return }
    estate.policy.devices.append(device)
  }

  private mutating func readInquiry(_ node: YAMLNode) {
    guard
      let fields = fields(
        of: node,
        what: "an inquiry",
        keys: ["date", "until", "accounts", "owners"]
      ), name(fields, "date", .value) != nil, let from = time(fields, "date")
    else { return }
    let (end, isBeyond) = from.nanoseconds.addingReportingOverflow(
      730 * Timestamp.nanosecondsPerDay
    )
    let twoYears = Timestamp(nanoseconds: isBeyond ? .max : end)
    var inquiry = Inquiry(from: from, until: time(fields, "until", end: true) ?? twoYears)
    inquiry.accounts = patterns(texts(fields, "accounts", form: .identifier))
    inquiry.owners = texts(fields, "owners", form: .identifier)
    checkOrder(fields, inquiry.from, inquiry.until, "date", "until")
    estate.policy.inquiries.append(inquiry)
  }

  private mutating func readCalls(_ node: YAMLNode) {
    let keys = ["before", "after", "records"]
    guard let fields = fields(of: node, what: "calls", keys: keys) else { return }
    if let value = span(fields, "before") { estate.policy.calls.before = value }
    if let value = span(fields, "after") { estate.policy.calls.after = value }
    if let value = count(fields, "records") { estate.policy.calls.records = value }
  }

  /// A duration of an hour at most: who is given a day is in a call all day.
  private mutating func span(_ fields: Fields, _ key: String) -> Int64? {
    guard let value = duration(fields, key), let entry = fields[key] else { return nil }
    if value <= 3600 { return value }
    error(entry.line, "\(key) of calls is longer than an hour; write 1h or less")
    return nil
  }

  private mutating func percent(_ fields: Fields, _ key: String, most: Int64) -> Int64? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    let digits = value.hasSuffix("%") ? String(value.dropLast()) : value
    if let percent = Scalars.count(digits), percent <= most { return percent }
    error(
      entry.line,
      "\(key) is \(Diagnostic.quoted(value)); write a whole per cent, 0% to \(most)%"
    )
    return nil
  }

  private mutating func duration(_ fields: Fields, _ key: String) -> Int64? {
    guard let value = text(fields, key, .value), let entry = fields[key] else { return nil }
    if let seconds = Scalars.duration(value) { return seconds }
    error(
      entry.line,
      "\(key) is \(Diagnostic.quoted(value)); write a duration such as 48h, 30m or 2d"
    )
    return nil
  }

  /// Seconds by which lines may come late, of all sources or of one.
  mutating func lateness(_ fields: Fields) -> Int64? {
    guard let value = duration(fields, "lateness"), let entry = fields["lateness"] else {
      return nil
    }
    guard value > Policy.mostLateness else { return value }
    error(
      entry.line,
      "lateness is \(Diagnostic.quoted(text(fields, "lateness", .value) ?? "")); write 31d at most: all"
        + " rows of so long are held"
    )
    return nil
  }

  private mutating func limits(
    _ fields: Fields,
    _ key: String,
    _ horizons: [String],
    advice: String,
    _ parse: (String) -> Int64?
  ) -> [Role: [String: Int64]] {
    guard let entry = fields[key], !isNull(entry.node) else { return [:] }
    let roles = Role.allCases.map(\.rawValue)
    guard let byRole = self.fields(of: entry.node, what: key, keys: roles) else { return [:] }
    var result: [Role: [String: Int64]] = [:]
    for (word, entry) in byRole.inOrder {
      guard let role = Role(rawValue: word),
        let byHorizon = self.fields(
          of: entry.node,
          what: "\(key) of \(word)",
          keys: horizons
        )
      else { continue }
      for (horizon, entry) in byHorizon.inOrder {
        guard let value = text(entry.node, horizon, .value) else { continue }
        guard let limit = parse(value) else {
          error(
            entry.line,
            "\(key) of \(word) in \(horizon) is \(Diagnostic.quoted(value)); \(advice)"
          )
          continue
        }
        result[role, default: [:]][horizon] = limit
      }
    }
    return result
  }

  // MARK: Holidays

  /// A date, or the path of a file with a date at the start of each line.
  private mutating func readHoliday(_ node: YAMLNode) {
    guard let value = text(node, "holidays", .value) else { return }
    if let day = Scalars.day(value) {
      estate.policy.holidays.insert(day)
      return
    }
    guard !looksLikeDate(value) else {
      error(
        line(node),
        "holiday \(Diagnostic.quoted(value)) is no date; write 2024-04-29 or a file"
      )
      return
    }
    let path = FileBytes.path(value, in: folder)
    do {
      let bytes = try FileBytes.read(path, most: 1 << 20)
      readHolidays(bytes, path)
    } catch {
      self.error(line(node), "holidays file \(Diagnostic.quoted(path)) \(error.reason)")
    }
  }

  private func looksLikeDate(_ text: String) -> Bool {
    text.utf8.allSatisfy { 0x2D...0x39 ~= $0 }
  }

  private mutating func readHolidays(_ bytes: [UInt8], _ path: String) {
    var number = 0
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let first = line.prefix { $0 != 0x2C && $0 != 0x0D && $0 != 0x23 }
      let text = String(decoding: first, as: UTF8.self).filter { $0 != " " && $0 != "\u{FEFF}" }
      if let day = Scalars.day(text) {
        estate.policy.holidays.insert(day)
      } else if !text.isEmpty, number > 1 {
        say(.warning, path, number, "no date at the start of the line; write 2024-04-29")
      }
    }
  }

  // MARK: Privacy

  mutating func readPrivacy(_ node: YAMLNode) {
    guard !isNull(node) else { return }
    let keys = ["key", "key-file", "key-env"]
    guard let fields = fields(of: node, what: "privacy", keys: keys) else { return }
    guard fields.entries.count <= 1 else {
      error(fields.line, "privacy has several keys; keep one of key, key-file and key-env")
      return
    }
    let form = "needs 32 hex digits (16 bytes); make one with: openssl rand -hex 16"
    if let text = text(fields, "key"), let entry = fields["key"] {
      estate.subjectKey = Self.key(Array(text.utf8))
      if estate.subjectKey == nil, !misread.contains(Scalars.folded(text)) {
        error(entry.line, "privacy key \(form)")
      }
    } else if let text = text(fields, "key-file"), let entry = fields["key-file"] {
      let path = FileBytes.path(text, in: folder)
      do {
        let bytes = try FileBytes.read(path, most: 1 << 20)
        let digits = bytes.filter { $0 > 0x20 }
        if digits.count == 64, let second = Self.key(Array(digits[32...])) {
          estate.subjectKey = Self.key(Array(digits[..<32]))
          estate.storeKey = estate.subjectKey == nil ? nil : second
        } else {
          estate.subjectKey = bytes.count == 16 ? bytes : Self.key(bytes)
        }
        estate.keyFile = path
        if let mode = FileBytes.openMode(path) {
          warn(
            entry.line,
            "privacy key-file \(Diagnostic.quoted(path)): others may read or write it (mode"
              + " \(String(mode, radix: 8))), and who has it finds out whose records are meant: chmod 600 it"
          )
        }
        if estate.subjectKey == nil {
          error(entry.line, "privacy key-file \(Diagnostic.quoted(path)) \(form)")
        }
      } catch {
        self.error(entry.line, "privacy key-file \(Diagnostic.quoted(path)) \(error.reason)")
      }
    } else if let name = text(fields, "key-env"), let entry = fields["key-env"] {
      guard let value = getenv(name) else {
        error(entry.line, "environment variable \(Diagnostic.quoted(name)) is not set; set it")
        return
      }
      estate.subjectKey = Self.key(Array(String(cString: value).utf8))
      if estate.subjectKey == nil {
        error(entry.line, "environment variable \(Diagnostic.quoted(name)) \(form)")
      }
    }
  }

  /// 16 bytes of 32 hex digits with white space around them.
  private static func key(_ bytes: [UInt8]) -> [UInt8]? {
    let digits = bytes.filter { $0 > 0x20 }
    guard digits.count == 32 else { return nil }
    var key: [UInt8] = []
    for index in stride(from: 0, to: 32, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      guard digits[index] != 0x2B, digits[index] != 0x2D, let byte = UInt8(pair, radix: 16) else {
        return nil
      }
      key.append(byte)
    }
    return key
  }
}
