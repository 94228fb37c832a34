/// The forms a document can take.
public enum DocumentForm: String, Sendable, CaseIterable {
  case html, markdown, json, csv

  /// The end of a file's name.
  public var suffix: String { self == .markdown ? "md" : rawValue }
}

extension Document {
  /// The document in a form; `table`: of CSV, which one (`nil`: its fields).
  ///
  /// `nil`: there is no such table.
  public func render(_ form: DocumentForm, table: String? = nil) -> String? {
    switch form {
    case .html: HTMLForm(self).render()
    case .markdown: MarkdownForm(self).render()
    case .json: JSONForm(self).render()
    case .csv: CSVForm(self).render(table ?? "fields")
    }
  }

  /// The tables that CSV can write.
  public var tableKeys: [String] { CSVForm(self).tables }
}
