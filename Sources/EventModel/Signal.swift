/// What a finding rests on: findings of one kind follow from the same facts, those of two kinds do not.
///
/// That an export passes the limit of a minute, a day and a share says one thing three times; that it
/// came with a stick says another.
public enum Signal: String, Sendable, CaseIterable, BitwiseCopyable {
  /// How many records.
  case volume
  /// What was instructed, and what not.
  case instruction
  /// Who: account, terminal, person.
  case identity
  /// In which order and at which rate.
  case order
  /// How regularly.
  case cadence
  /// What left the host afterwards.
  case removal
  /// What the sources say of each other and of themselves.
  case sources
  /// A planted record.
  case planted
  /// An inquiry came before.
  case inquiry
}
