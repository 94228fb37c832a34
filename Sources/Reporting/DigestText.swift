internal import EventModel

/// What a result was made by and from, at its end.
extension TextLayout {
  /// `inputs`: whether it says of the inputs whether they were digested.
  mutating func write(_ digests: RunDigests, inputs: Bool = true) {
    func line(_ title: String, _ digest: String?) {
      paragraph(
        "\(title) \(digest.map { SafeText.escaped($0, limit: JSONWriter.pathLimit) } ?? "-")",
        indent: 2,
        hanging: 4
      )
    }
    line("build", digests.build)
    line(label("config", "設定"), digests.configuration)
    line(label("rules", "規則"), digests.rules)
    guard inputs else { return }
    guard let files = digests.inputs else {
      return line(
        label("input", "入力"),
        label("not digested (--digest-inputs)", "ダイジェストなし(--digest-inputs)")
      )
    }
    for file in files {
      line(
        label("input", "入力"),
        "\(file.sha256 ?? "-") \(file.path)"
      )
    }
  }
}

extension JSONWriter {
  /// Digests in hexadecimal; `inputs` is `null` where they were not digested.
  mutating func write(_ digests: RunDigests) {
    field("build", digests.build)
    if let program = digests.program { field("program_sha256", program) }
    field("configuration", digests.configuration)
    field("rules", digests.rules)
    guard let files = digests.inputs else {
      key("inputs")
      return null()
    }
    field("inputs", files) { item, file in
      item.field("path", file.path, limit: Self.pathLimit)
      item.field("bytes", file.bytes)
      item.field("sha256", file.sha256)
    }
  }
}
