/// What `ometsuke state` says of how far each source has told.
extension OutputWords {
  static let ofMarks = #"""
    mark       {1} up to {2}, idle: nothing waits for it
    水位       {1} は {2} まで、休止中(ほかは待たない)

    mark       {1} up to {2}
    水位       {1} は {2} まで
    """#
}
