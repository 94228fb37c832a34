public import EventModel

/// Amazon S3's server access log.
///
/// `79a5… crm [06/Feb/2019:00:00:38 +0000] 192.0.2.7 arn:aws:iam::123456789012:user/sato 3E57427F3EXAMPLE REST.GET.OBJECT a.csv "GET /crm/a.csv HTTP/1.1" 200 - 113 113 7 5 "-" "aws-cli/2" -`
///
/// The object is the bucket. Bytes are those sent. The log is written as well as it can be: a line may be
/// missing.
///
/// Source: Amazon S3 User Guide, "Amazon S3 server access log format".
public struct S3Access: LineFormat {
  public static let name = "aws-s3-access"
  public static let summary = "Amazon S3 server access log"
  public static let shape = "a bucket, a time in brackets, an operation REST.… and a quoted request"

  public let zone: TimeZoneRule

  public init(options: DecodeOptions, head: Span<UInt8>) { zone = options.zone }

  public static func read(
    _ line: RecordBytes,
    _ work: inout LineWork,
    _ names: inout NameTable
  ) throws(DecodeError) -> EventRow? {
    var words = LineWords(line)
    guard words.skip(1), let bucket = words.next(), words.rest.hasPrefix(" ["),
      let stamp = words.next()
    else { throw DecodeError(.notThisFormat, at: words.place) }
    guard let time = work.clock.read(stamp, at: 0)?.time else { throw DecodeError(.badTime, at: 0) }
    guard let address = words.next(), let requester = words.next(), words.skip(1),
      let act = words.next(), words.next() != nil,
      words.rest.hasPrefix(" \"") || words.rest.hasPrefix(" -"),
      words.next() != nil, let status = words.next(), let error = words.next(),
      let bytes = words.next()
    else { throw DecodeError(.wrongFieldCount, at: words.place) }
    guard act.contains(0x2E) else { throw DecodeError(.notThisFormat, at: words.place) }
    var row = EventRow(time: time)
    row.account = names.internOften(requester.stated)
    row.terminal = names.internOften(address.stated)
    row.object = names.internOften(bucket)
    let code = status.decimal(0..<status.count) ?? 0
    row.outcome =
      error.stated.isEmpty && code < 400 ? .success : .failure
    row.bytes = bytes.decimal(0..<bytes.count) ?? (code > 0 ? 0 : -1)
    row.operation = operation(act)
    if row.outcome == .failure, row.operation.returnsRecords {
      (row.operation, row.volume) = (.other, .none)
    }
    return row
  }

  /// Of `REST.GET.OBJECT` and the like.
  private static func operation(_ act: RecordBytes) -> Operation {
    func holds(_ word: StaticString) -> Bool { HostAudit.find(word, act, 0..<act.count) != nil }
    if holds(".GET.OBJECT") || holds(".COPY.OBJECT_GET") || holds(".SELECT.") {
      return holds(".OBJECT_TAGGING") || holds(".OBJECT_LOCK") ? .other : .export
    }
    if holds(".GET.BUCKET") || holds(".LIST.") { return .other }
    return holds(".PUT.") || holds(".POST.") || holds(".DELETE.") || holds("BATCH.DELETE")
      || holds(".COPY.") ? .write : .other
  }
}
