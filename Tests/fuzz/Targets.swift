import Glibc

/// What libFuzzer calls, once for each input: one parser, named by OMETSUKE_FUZZ.
///
/// For `packets` the input is a capture; for a protocol it is what the two ends said: pieces of a byte (bit 0: the server
/// speaks; bit 1: the bytes are missing; bit 2: the session was not seen to begin, where it is in the first), two of
/// length, and as many bytes. Beside traps of any kind an input fails that takes more than 10 ms of CPU, three times in a row,
/// and one that is read differently when it comes byte by byte.
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

/// `nil`: captures.
private let protocolUnderTest: (any SessionParser.Type)? = {
  guard let name = getenv("OMETSUKE_FUZZ").map({ String(cString: $0) }), name != "packets" else {
    return nil
  }
  guard let found = ProtocolRegistry.all.first(where: { $0.name == name }) else {
    fatalError("no protocol \(name)")
  }
  return found
}()

private func run(_ input: UnsafeBufferPointer<UInt8>) {
  guard let type = protocolUnderTest else {
    var decoder = WireDecoder()
    decoder.receive(UnsafeRawBufferPointer(input))
    decoder.finish()
    return
  }
  let whole = talk(input, type, most: .max)
  // Every sixteenth, by what is in it: the same however it is cut.
  guard input.count < 1024, input.reduce(0, &+) & 15 == 0 else { return }
  let cut = talk(input, type, most: 1)
  guard cut == whole else {
    fatalError(
      "read differently byte by byte:\n" + String(decoding: whole, as: UTF8.self) + "---\n"
        + String(decoding: cut, as: UTF8.self)
    )
  }
}

private func talk(
  _ input: UnsafeBufferPointer<UInt8>,
  _ type: any SessionParser.Type,
  most: Int
) -> [UInt8] {
  let session = Session(
    number: 1,
    transport: .tcp,
    client: Endpoint(address: InternetAddress(version4: 0xC000_0207), port: 40_000),
    server: Endpoint(address: InternetAddress(version4: 0xC000_0201), port: 5432),
    start: 1_775_000_000_000_000_000,
    isFromStart: input.first.map { $0 & 4 == 0 } ?? true
  )
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
