/// Memory for `read`, from the beginning of a page on.
///
/// What the kernel copies from lies there as well. Where the target stands 1 to 31 bytes further on in its page than the
/// source, a copy waits for its own stores again and again: four times the time (measured on AMD EPYC, Linux 6.18),
/// and malloc places large blocks just so, 16 bytes behind a page's beginning.
extension UnsafeMutablePointer where Pointee == UInt8 {
  static func allocatePages(for count: Int) -> Self {
    UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
      .bindMemory(to: UInt8.self, capacity: count)
  }
}
