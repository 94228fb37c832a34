/// One event, as a fixed-size value.
///
/// Names are ids of the table that travels with the row.
///
/// A row never says more than its source: what is not stated is `.none`, `-1` or `Volume.unknown`.
public struct EventRow: Sendable, BitwiseCopyable {
  /// Event time, nanoseconds since 1970 UTC.
  public var time: Int64
  /// Stable hash of the bytes of the line (without its line end): breaks ties, chooses evidence.
  public var digest: UInt64 = 0
  /// Rows with the same key, not 0, tell of one statement and are counted once.
  public var statement: UInt64 = 0
  /// Keyed hash of the data subject (a customer), 0 when not stated.
  public var subject: UInt64 = 0
  /// Records returned, `0…unbounded` when not stated.
  public var recordsLow: Int64 = 0
  public var recordsHigh: Int64 = Volume.unbounded
  /// Bytes sent to the client, -1 when not stated; of a call how long it lasted in nanoseconds.
  public var bytes: Int64 = -1
  /// Where the line starts in the (decompressed) file, in bytes.
  public var offset: Int64 = 0

  public var account: NameID = .none
  /// Client address or host name: where the hands were.
  public var terminal: NameID = .none
  public var program: NameID = .none
  /// Tables or URL of the event.
  ///
  /// Several relations are joined by byte 0x1F.
  public var object: NameID = .none
  /// Owner, only when the log itself names it.
  public var owner: NameID = .none
  /// Ticket or call number, only when the log itself names it.
  public var ticket: NameID = .none
  /// Where the records went: file, address, device; of records that stayed in the server the relation
  /// under whose name they are had now.
  public var destination: NameID = .none

  /// Number of the line in its file, from 1.
  public var line: UInt32 = 0
  /// Bytes of the line without its line end.
  public var length: UInt32 = 0
  /// Index of the input file; given by the pipeline.
  public var file: UInt32 = 0
  /// Index of the declared or assumed source; given by the pipeline.
  public var source: UInt16 = 0
  public var operation: Operation = .other
  public var outcome: Outcome = .unknown
  public var quality: VolumeQuality = .unknown
  public var flags: Flags = []
  /// Where the records begin in the order of their keys, and where the next ones would: 0 when not
  /// stated.
  ///
  /// Keyed and eight bits short (`KeyPosition`): two rows can be compared, no customer number told.
  public var begins: UInt8 = 0
  public var continues: UInt8 = 0

  public struct Flags: OptionSet, Sendable, BitwiseCopyable {
    public var rawValue: UInt8
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    // Computed, so that other modules have constants: stored ones are asked each time whether they have been set.
    /// The year was not stated: `time` lies in the year 2000 until `YearInference` moves it.
    @inlinable public static var yearless: Flags { Flags(rawValue: 1) }
    /// The statement reads a whole table or list: no condition, no limit.
    @inlinable public static var whole: Flags { Flags(rawValue: 2) }
    /// The statement text was cut by the source.
    @inlinable public static var truncated: Flags { Flags(rawValue: 4) }
    /// A line that only adds objects to a statement told by another line (same `statement`).
    @inlinable public static var continuation: Flags { Flags(rawValue: 8) }
    /// FETCH of a cursor: high is the n of `FETCH n`.
    @inlinable public static var fetch: Flags { Flags(rawValue: 16) }
    /// System catalogue only: never customer records.
    @inlinable public static var catalogue: Flags { Flags(rawValue: 32) }
    /// The record names the call, contact or case that asked for it.
    @inlinable public static var call: Flags { Flags(rawValue: 64) }
    /// The source states calls: where none is named there was none.
    @inlinable public static var statesCalls: Flags { Flags(rawValue: 128) }
  }

  @inlinable
  public init(time: Int64) { self.time = time }

  @inlinable
  public var volume: Volume {
    get { Volume(low: recordsLow, high: recordsHigh, quality: quality) }
    set {
      recordsLow = newValue.low
      recordsHigh = newValue.high
      quality = newValue.quality
    }
  }

  /// The byte that joins several relations in `object`.
  public static let objectSeparator: UInt8 = 0x1F
  /// Before an object that is no object but the folder in which those without a leading `/` lie.
  public static let folderMark: UInt8 = 0x1E
}
