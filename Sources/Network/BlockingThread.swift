internal import CNet

/// A thread of its own for what may block: networks and slow disks.
public enum BlockingThread {
  /// Runs `body` once, on a thread that takes no signals and ends with it.
  ///
  /// `false`: there was none to be had.
  public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let box = Unmanaged.passRetained(Box(body))
    let isStarted =
      cnet_start(
        { raw in
          guard let raw else { return }
          Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
        },
        box.toOpaque()
      ) == 0
    if !isStarted { box.release() }
    return isStarted
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
