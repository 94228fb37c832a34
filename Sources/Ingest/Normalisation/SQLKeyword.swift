/// The words of SQL that tell what a statement does.
///
/// Anything else is a name.
enum SQLKeyword: String, CaseIterable {
  case absolute, all, alter, analyse, analyze, `as`, backup, backward, check, checksum, cluster
  case concurrently, copy, create, cursor, `declare`, delete, distinct, `do`, drop, dumpfile, event,
    except
  case execute, explain, fetch, first, `for`, forward, from, full, function, group, handler, having
  case ignore, `import`, insert, intersect, into, `is`, join, last, lateral, limit, load, lock
  case materialized, merge, minus, next, not, offset, on, only, optimize, order, outfile, over
  case plugin, prepare, prior, procedure, program, recursive, refresh, reindex, relative, repair
  case replace, reset, returning, role, rows, select, session, set, show, stdout, system, table
  case tables, tablesample, temp, temporary, ties, to, top, trigger, truncate, uninstall, union
  case unload, unlogged, update, using, vacuum, values, verbose, view, `where`, window, with
  case authorization, `extension`, local
  case and, between, `case`, cross, end, `in`, inner, left, natural, or, outer, right, when, xor
  case count, sum, avg, min, max
  case xmlagg, every, array, multiset, listagg
  case stddev, variance, std
  case baseBackup = "base_backup"
  case lowPriority = "low_priority"
  case straightJoin = "straight_join"
  case sqlNoCache = "sql_no_cache"
  case stringAgg = "string_agg"
  case arrayAgg = "array_agg"
  case jsonAgg = "json_agg"
  case jsonbAgg = "jsonb_agg"
  case groupConcat = "group_concat"
  case jsonObjectAgg = "json_object_agg"
  case jsonbObjectAgg = "jsonb_object_agg"
  case jsonArrayagg = "json_arrayagg"
  case jsonObjectagg = "json_objectagg"
  case jsonAggStrict = "json_agg_strict"
  case jsonbAggStrict = "jsonb_agg_strict"
  case jsonGroupArray = "json_group_array"
  case boolAnd = "bool_and"
  case boolOr = "bool_or"
  case bitAnd = "bit_and"
  case bitOr = "bit_or"

  /// A function that folds many rows to one.
  var isAggregate: Bool {
    switch self {
    case .count, .sum, .avg, .min, .max, .stringAgg, .arrayAgg, .jsonAgg, .jsonbAgg,
      .groupConcat, .jsonObjectAgg, .jsonbObjectAgg, .jsonArrayagg, .jsonObjectagg, .xmlagg,
      .listagg, .jsonAggStrict, .jsonbAggStrict, .jsonGroupArray, .every, .boolAnd, .boolOr,
      .bitAnd, .bitOr, .stddev, .variance, .std:
      true
    default: false
    }
  }

  /// An aggregate that keeps what it folds: its one row may carry a whole table.
  var gathers: Bool {
    switch self {
    case .stringAgg, .arrayAgg, .jsonAgg, .jsonbAgg, .groupConcat, .jsonObjectAgg,
      .jsonbObjectAgg, .jsonArrayagg, .jsonObjectagg, .xmlagg, .listagg, .jsonAggStrict,
      .jsonbAggStrict, .jsonGroupArray:
      true
    default: false
    }
  }

  /// What stands before a query in parentheses and makes all its rows one value: `ARRAY(SELECT …)`.
  var gathersQuery: Bool { self == .array || self == .multiset }

  /// The keyword written in the range, in any case.
  @inline(__always)
  static func at(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> SQLKeyword? {
    let length = end - start
    guard length >= 2, length <= 16 else { return nil }
    return lookup.find(key(bytes, start, length), length)
  }

  private static let lookup = Table()

  private static func key(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ start: Int,
    _ length: Int
  ) -> (UInt64, UInt64) {
    var (low, high): (UInt64, UInt64) = (0, 0)
    for index in 0..<Swift.min(length, 8) { low = low << 8 | UInt64(folded(bytes[start + index])) }
    if length > 8 {
      for index in 8..<length { high = high << 8 | UInt64(folded(bytes[start + index])) }
    }
    return (low, high)
  }

  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }

  /// Open addressing over the packed letters.
  private struct Table: Sendable {
    var slots = [(low: UInt64, high: UInt64, length: Int, word: SQLKeyword?)](
      repeating: (0, 0, 0, nil),
      count: 512
    )

    init() {
      for word in SQLKeyword.allCases {
        var text = word.rawValue
        text.withUTF8 { bytes in
          let key = SQLKeyword.key(bytes, 0, bytes.count)
          var slot = Self.slot(key)
          while slots[slot].length != 0 { slot = (slot + 1) & 511 }
          slots[slot] = (key.0, key.1, bytes.count, word)
        }
      }
    }

    func find(_ key: (UInt64, UInt64), _ length: Int) -> SQLKeyword? {
      var slot = Self.slot(key)
      while slots[slot].length != 0 {
        let entry = slots[slot]
        if entry.low == key.0, entry.high == key.1, entry.length == length { return entry.word }
        slot = (slot + 1) & 511
      }
      return nil
    }

    private static func slot(_ key: (UInt64, UInt64)) -> Int {
      Int(truncatingIfNeeded: ((key.0 ^ key.1 &* 3) &* 0x9E37_79B9_7F4A_7C15) >> 55)
    }
  }
}
