/// The tables of the store, made by named steps that never change once released.
///
/// What each column means: docs/formats/store.md.
enum Schema {
  /// `OMET`: tells the file from other databases.
  static let applicationID: Int64 = 0x4F4D_4554

  struct Migration: Sendable {
    var name: String
    var sql: String
  }

  static let migrations = [
    Migration(name: "0001-nights", sql: nights),
    Migration(name: "anchor-0001-tokens", sql: tokens),
    Migration(name: Self.tailStep, sql: tail),
    Migration(name: "coverage-0001-sightings", sql: sightings),
    Migration(name: "coverage-0002-hours", sql: hours),
    Migration(name: "coverage-0003-lost", sql: lost),
    Migration(name: "nights-0002-rungs", sql: rungs),
    Migration(name: "nights-0003-changes", sql: changes),
    Migration(name: "nights-0004-held", sql: held),
    Migration(name: Self.partsStep, sql: parts),
    Migration(name: "watch-0001-journal", sql: journal),
    Migration(name: "watch-0002-outbox", sql: outbox),
    Migration(name: "watch-0003-seals", sql: taken),
  ]

  static let partsStep = "parts-0001-digests"
  static let tailStep = "chain-0001-tail"

  /// How many links there are, and one digest of their heads: a last link that is taken away is missed.
  private static let tail = """
    CREATE TABLE chain_tail (
      one INTEGER PRIMARY KEY CHECK (one = 1), links INTEGER NOT NULL, digest BLOB NOT NULL
    ) STRICT;
    """

  /// Digests of the parts of tables, and the tables that were written since a chain told of them.
  private static let parts = """
    CREATE TABLE part (
      name TEXT NOT NULL, part TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (name, part)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE part_open (
      name TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    """

  /// By what a log is known that was cut within its first bytes.
  private static let rungs = "ALTER TABLE stream ADD COLUMN rungs BLOB;"

  /// When the system noted the last change of a log, which nobody sets by hand.
  private static let changes = """
    CREATE TABLE stream_change (
      stream INTEGER PRIMARY KEY, changed INTEGER NOT NULL
    ) STRICT;
    """

  /// Rows that wait, a sorted run each; the value `held` lists them.
  private static let held = """
    CREATE TABLE held (
      id INTEGER PRIMARY KEY, rows BLOB NOT NULL
    ) STRICT;
    """

  /// In which hours a source had a record; of a day without a row it is not known.
  private static let hours = """
    CREATE TABLE coverage_hours (
      source TEXT NOT NULL, day INTEGER NOT NULL, hours INTEGER NOT NULL, PRIMARY KEY (source, day)
    ) STRICT, WITHOUT ROWID;
    """

  /// What the listeners of a source lost on a day by the clock, and in which of its hours.
  private static let lost = """
    CREATE TABLE coverage_lost (
      source TEXT NOT NULL, day INTEGER NOT NULL, messages INTEGER NOT NULL,
      hours INTEGER NOT NULL, PRIMARY KEY (source, day)
    ) STRICT, WITHOUT ROWID;
    """

  /// Time-stamp tokens over links of the chain of anchors.
  private static let tokens = """
    CREATE TABLE anchor_token (
      head BLOB PRIMARY KEY, token BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// What is yet to be sent, and what was sent last of each finding.
  private static let outbox = """
    CREATE TABLE outbox (
      sink TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, revision TEXT NOT NULL,
      body BLOB NOT NULL, problem TEXT, PRIMARY KEY (sink, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX outbox_number ON outbox (sink, number);
    CREATE TABLE delivered (
      sink TEXT NOT NULL, id TEXT NOT NULL, revision TEXT NOT NULL, PRIMARY KEY (sink, id)
    ) STRICT, WITHOUT ROWID;
    """

  private static let journal = """
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY, rows BLOB NOT NULL, lines INTEGER NOT NULL, events INTEGER NOT NULL,
      bytes INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE journal_stream (stream INTEGER PRIMARY KEY) STRICT;
    """

  /// What a watch took of a log since the last night, as it was when it was taken.
  private static let taken = """
    CREATE TABLE journal_seal (
      stream INTEGER PRIMARY KEY, start INTEGER NOT NULL, length INTEGER NOT NULL,
      digest BLOB NOT NULL, first INTEGER, last INTEGER
    ) STRICT;
    """

  private static let nights = """
    CREATE TABLE setting (
      name TEXT PRIMARY KEY, value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE night (
      id INTEGER PRIMARY KEY, started INTEGER NOT NULL, finished INTEGER, status INTEGER,
      newest INTEGER, settled INTEGER, files INTEGER, bytes INTEGER, lines INTEGER, events INTEGER,
      late INTEGER, program TEXT NOT NULL, estate BLOB, problem TEXT, told INTEGER
    ) STRICT;
    CREATE TABLE stream (
      id INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL,
      device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
      changed INTEGER NOT NULL, head_length INTEGER NOT NULL, head BLOB NOT NULL,
      consumed INTEGER NOT NULL, line INTEGER NOT NULL, edge BLOB NOT NULL,
      facts BLOB NOT NULL, open_rows BLOB, open_book BLOB,
      first_night INTEGER NOT NULL, last_night INTEGER NOT NULL, missing_since INTEGER
    ) STRICT;
    CREATE TABLE seal (
      stream INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
      night INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (stream, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE chain (
      id INTEGER PRIMARY KEY, night INTEGER NOT NULL, source TEXT NOT NULL,
      entry BLOB NOT NULL, head BLOB NOT NULL
    ) STRICT;
    CREATE TABLE piece (
      digest BLOB PRIMARY KEY, bytes BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE value (
      name TEXT PRIMARY KEY, length INTEGER NOT NULL, pieces BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE coverage_day (
      source TEXT NOT NULL, day INTEGER NOT NULL, lines INTEGER NOT NULL, bytes INTEGER NOT NULL,
      events INTEGER NOT NULL, unknown_volume INTEGER NOT NULL, first INTEGER NOT NULL,
      last INTEGER NOT NULL, PRIMARY KEY (source, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE late (
      night INTEGER NOT NULL, source TEXT NOT NULL, day INTEGER NOT NULL, events INTEGER NOT NULL,
      PRIMARY KEY (night, source, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incident (
      id TEXT PRIMARY KEY, severity INTEGER NOT NULL, actor TEXT NOT NULL, low INTEGER NOT NULL,
      high INTEGER NOT NULL, digest BLOB NOT NULL, first_night INTEGER NOT NULL,
      changed_night INTEGER NOT NULL, told_night INTEGER, body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incident_history (
      incident TEXT NOT NULL, night INTEGER NOT NULL, severity INTEGER NOT NULL,
      low INTEGER NOT NULL, high INTEGER NOT NULL, digest BLOB NOT NULL,
      PRIMARY KEY (incident, night)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE notice (
      night INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
      english TEXT NOT NULL, japanese TEXT NOT NULL, PRIMARY KEY (night, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE evidence (
      stream INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
      digest BLOB NOT NULL, PRIMARY KEY (stream, start, length)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE name (
      id INTEGER PRIMARY KEY, bytes BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE ledger (
      day INTEGER PRIMARY KEY, lines BLOB NOT NULL
    ) STRICT;
    """

  /// Whose records which source showed, when the lines of a piece were written, whose subjects.
  private static let sightings = """
    CREATE TABLE piece_time (
      stream INTEGER NOT NULL, start INTEGER NOT NULL, first INTEGER NOT NULL,
      last INTEGER NOT NULL, PRIMARY KEY (stream, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE source_owner (
      source TEXT NOT NULL, owner INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
      PRIMARY KEY (source, owner)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE subject_sample (
      owner INTEGER NOT NULL, account INTEGER NOT NULL, year INTEGER NOT NULL,
      count INTEGER NOT NULL, subjects BLOB NOT NULL, PRIMARY KEY (owner, account, year)
    ) STRICT, WITHOUT ROWID;
    """
}
