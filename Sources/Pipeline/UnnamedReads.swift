internal import EventModel

/// Reads of records that name neither an account nor a terminal: somebody made them.
///
/// A log that names nobody (PostgreSQL's with its default `log_line_prefix`, a template without an account) must not
/// hide a taking: all its unnamed reads are those of one unknown hand, which bears the name of the source.
enum UnnamedReads {
  /// Gives them the terminal `source:NAME`.
  static func name(_ rows: inout [EventRow], of source: String, _ names: inout NameTable) {
    var hand = NameID.none
    for index in rows.indices
    where rows[index].account == .none && rows[index].terminal == .none
      && rows[index].operation.returnsRecords
    {
      if hand == .none { hand = names.intern("source:" + source) }
      rows[index].terminal = hand
    }
  }
}
