import Glibc

/// What libFuzzer calls, once for each input: one parser, named by OMETSUKE_FUZZ.
///
/// For `packets` the input is a capture; for a protocol it is what the two ends said: pieces of a byte (bit 0: the server
/// speaks; bit 1: the bytes are missing; bit 2: the session was not seen to begin, where it is in the first), two of
/// length, and as many bytes; for `records` a file whose records are counted (bits 0 to 2 of the first byte: its kind; bit 7:
/// it comes in parts, the second half first; the others: how it is compressed). Beside traps of any kind an input fails that takes more than 10 ms of CPU, three
/// times in a row, and one that is read differently when it comes byte by byte.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  var spent = UInt64.max
  for _ in 0..<3 {
    let before = cpuTime()
    run(input)
    spent = min(spent, cpuTime() - before)
    if spent <= slowest { break }
  }
  guard spent <= slowest else { fatalError("an input of \(count) bytes took \(spent / 1000) us") }
  return 0
}

private let slowest: UInt64 = 10_000_000

private func cpuTime() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

private enum Target {
  case captures
  case records
  case sessions(any SessionParser.Type)
}

private let target: Target = {
  let name = getenv("OMETSUKE_FUZZ").map { String(cString: $0) } ?? "packets"
  if name == "packets" { return .captures }
  if name == "records" { return .records }
  guard let found = ProtocolRegistry.all.first(where: { $0.name == name }) else {
    fatalError("no protocol \(name)")
  }
  return .sessions(found)
}()

/// Of the sessions among the seeds, so that what is encrypted is read as well.
private let keys: KeyLog? = {
  guard let path = getenv("OMETSUKE_FUZZ_KEYS").map({ String(cString: $0) }) else { return nil }
  let keys = KeyLog()
  do throws(KeyLog.Failure) { try keys.read(file: path) } catch { fatalError(error.message) }
  return keys
}()

private let users: UserFields.Names? = {
  let fields = UserFields()
  fields.add(headers: ["X-Remote-User", "X-Forwarded-For"], cookies: ["account", "SID"])
  return fields.names
}()

/// Room for few flows: that for all that may be is asked for anew with each decoder, and costs more than the input.
private let limits: WireLimits = {
  var limits = WireLimits.standard
  limits.flows = 64
  return limits
}()

private func run(_ input: UnsafeBufferPointer<UInt8>) {
  let read: (Int) -> [UInt8]
  switch target {
  case .captures: read = { capture(input, most: $0) }
  case .records: read = { records(input, most: $0) }
  case .sessions(let type): read = { talk(input, type, most: $0) }
  }
  let whole = read(.max)
  // Every sixteenth, by what is in it: the same however it is cut.
  guard input.count <= 1024, input.reduce(0, &+) & 15 == 0 else { return }
  let cut = read(1)
  guard cut == whole else {
    fatalError(
      "read differently byte by byte:\n" + String(decoding: whole, as: UTF8.self) + "---\n"
        + String(decoding: cut, as: UTF8.self)
    )
  }
}

/// Its bytes in pieces of at most `most`.
private func each(
  _ input: UnsafeBufferPointer<UInt8>,
  most: Int,
  _ body: (UnsafeBufferPointer<UInt8>) -> Void
) {
  var at = 0
  while at < input.count {
    let next = at + min(most, input.count - at)
    body(UnsafeBufferPointer(rebasing: input[at..<next]))
    at = next
  }
}

private func capture(_ input: UnsafeBufferPointer<UInt8>, most: Int) -> [UInt8] {
  var decoder = WireDecoder(limits: limits, keys: keys)
  each(input, most: most) { decoder.receive(UnsafeRawBufferPointer($0)) }
  decoder.finish()
  return decoder.lines
}

private func records(_ input: UnsafeBufferPointer<UInt8>, most: Int) -> [UInt8] {
  guard let first = input.first else { return [] }
  let kinds = RecordCounter.Kind.allCases
  var counter = RecordCounter(kinds[Int(first & 7) % kinds.count])
  let methods: [Decompressor.Method?] = [nil, .zlib, .deflate, .zstd, .brotli]
  let body = UnsafeBufferPointer(rebasing: input.dropFirst())
  guard first & 128 == 0 else {
    let middle = body.count / 2
    counter.isFirstPart = false
    counter.beginAmidst()
    each(UnsafeBufferPointer(rebasing: body[middle...]), most: most) { counter.add($0) }
    if counter.isByLines { counter.noteEnd() }
    if counter.isByLines { counter.beginFile() } else { counter.beginAmidst() }
    each(UnsafeBufferPointer(rebasing: body[..<middle]), most: most) { counter.add($0) }
    let count = counter.count(isWhole: true).map { "\($0)" } ?? "none"
    return Array("\(count) \(counter.isAtLeast)\n".utf8)
  }
  let decompressor = methods[Int(first >> 3 & 15) % methods.count].map { Decompressor($0) }
  each(body, most: most) { part in
    guard let decompressor else { return counter.add(part) }
    decompressor.decode(part) { counter.add($0) }
  }
  // Of what is damaged zstd gives out no more than the call that finds it had told: that depends on the pieces.
  if decompressor?.state == .broken { return [] }
  let count = counter.count(isWhole: true).map { "\($0)" } ?? "none"
  return Array("\(count) \(counter.isAtLeast)\n".utf8)
}

private func talk(
  _ input: UnsafeBufferPointer<UInt8>,
  _ type: any SessionParser.Type,
  most: Int
) -> [UInt8] {
  var session = Session(
    number: 1,
    transport: .tcp,
    client: Endpoint(address: InternetAddress(version4: 0xC000_0207), port: 40_000),
    server: Endpoint(address: InternetAddress(version4: 0xC000_0201), port: 5432),
    start: 1_775_000_000_000_000_000,
    isFromStart: input.first.map { $0 & 4 == 0 } ?? true
  )
  session.keys = keys
  session.users = users
  session.objects = ObjectBook()
  let parser = type.init(session)
  var log = WireLog()
  var time = session.start
  var at = 0
  while at + 3 <= input.count {
    let side: Side = input[at] & 1 == 0 ? .client : .server
    let isMissing = input[at] & 2 != 0
    let length = Int(input[at + 1]) << 8 | Int(input[at + 2])
    at += 3
    time += 1_000_000
    guard !isMissing else {
      parser.miss(Int64(length), from: side, at: time, into: &log)
      continue
    }
    let end = min(input.count, at + length)
    while at < end {
      let next = at + min(most, end - at)
      let part = UnsafeBufferPointer(rebasing: input[at..<next])
      parser.receive(part.span, from: side, at: time, into: &log)
      at = next
    }
  }
  parser.close(.finished, at: time, into: &log)
  return log.bytes
}
