internal import EventModel

/// Functions of the servers themselves that read no table.
///
/// Only those that applications and tools call without a table. A function that is not listed, such
/// as `query_to_xml`, `dblink`, `pg_read_file` or the operator's own, may return any records.
///
/// Source: PostgreSQL manual, "Functions and Operators"; MariaDB manual, "Built-in Functions".
enum BuiltInFunctions {
  static func hold(_ name: [UInt8], dialect: SQLDialect) -> Bool {
    var text = String(decoding: name, as: UTF8.self).lowercased()
    if let dot = text.lastIndex(of: ".") {
      guard text[..<dot] == "pg_catalog" else { return false }
      text = String(text[text.index(after: dot)...])
    }
    if text.hasPrefix("pg_read") || text.hasPrefix("pg_ls") { return false }
    return names.contains(text) || families.contains { text.hasPrefix($0) }
  }

  /// Functions whose one row is the content of a file or a large object.
  ///
  /// Source: PostgreSQL manual, "Generic File Access Functions", "Server-Side Functions" of large objects; MariaDB manual,
  /// LOAD_FILE.
  static func readsFile(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self).lowercased()
    let bare = text.hasPrefix("pg_catalog.") ? String(text.dropFirst(11)) : text
    return ["pg_read_file", "pg_read_binary_file", "lo_get", "loread", "lo_export", "load_file"]
      .contains(bare)
  }

  /// What one document is made of.
  enum Document { case query, table, all }

  /// Functions whose one row is an XML document of a query's rows, a table's, a schema's or a database's.
  ///
  /// Source: PostgreSQL manual, "Mapping Tables to XML".
  static func documents(_ name: [UInt8]) -> Document? {
    let text = String(decoding: name, as: UTF8.self).lowercased()
    let bare = text.hasPrefix("pg_catalog.") ? String(text.dropFirst(11)) : text
    switch bare {
    case "query_to_xml", "query_to_xml_and_xmlschema": return .query
    case "table_to_xml", "table_to_xml_and_xmlschema": return .table
    case "schema_to_xml", "schema_to_xml_and_xmlschema", "database_to_xml",
      "database_to_xml_and_xmlschema", "cursor_to_xml":
      return .all
    default: return nil
    }
  }

  private static let families = [
    "pg_", "has_", "current_", "json", "array_", "regexp_", "inet_", "uuid", "utc_", "date_",
    "time_", "to_", "txid_", "aes_", "bit_", "is_", "row_", "quote_", "st_",
  ]

  private static let names = Set(
    """
    generate_series generate_subscripts unnest string_to_table version now nextval currval setval \
    lastval set_config clock_timestamp statement_timestamp transaction_timestamp timeofday age \
    extract coalesce nullif greatest least lower upper length char_length character_length \
    octet_length concat concat_ws substring substr position strpos trim ltrim rtrim btrim lpad rpad \
    left right reverse repeat round floor ceil ceiling abs mod power sqrt sign random setseed md5 \
    sha1 sha2 sha256 sha512 encode decode gen_random_uuid format string_to_array cast convert char \
    chr ascii initcap overlay make_date make_interval make_timestamp isfinite cardinality in any \
    some exists row array interval database schema user session_user system_user connection_id \
    last_insert_id found_rows sysdate curdate curtime localtime localtimestamp unix_timestamp \
    from_unixtime str_to_date year month day hour minute second sleep benchmark rand get_lock \
    release_lock release_all_locks if ifnull isnull hex unhex password locate instr field elt \
    collation charset coercibility datediff timediff timestampdiff timestampadd rank dense_rank \
    ntile lag lead int integer bigint numeric decimal varchar character timestamp time date text
    """.split(separator: " ").map(String.init)
  )
}
