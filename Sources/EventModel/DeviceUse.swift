/// A storage device at a host, as the logs of a month tell of it.
public struct DeviceUse: Sendable, Hashable {
  public var terminal: String
  /// What the logs say of it: `SerialNumber: 4C530001230717`, `idVendor=0781, idProduct=5567`, or how the host
  /// calls it; never empty.
  public var texts: [String]
  /// Whether it was told to be a storage device, and not only something on a plug.
  public var isStorage: Bool
  public var attachments: Int64
  public var first: Timestamp
  public var last: Timestamp

  public init(
    terminal: String,
    texts: [String],
    isStorage: Bool,
    attachments: Int64,
    first: Timestamp,
    last: Timestamp
  ) {
    self.terminal = terminal
    self.texts = texts
    self.isStorage = isStorage
    self.attachments = attachments
    self.first = first
    self.last = last
  }

  /// The text that identifies it best.
  public var name: String { texts.first ?? "" }
}

/// What is known of devices in a period.
public struct DeviceUses: Sendable, Hashable {
  public var uses: [DeviceUse]
  /// Attachments of any time that had no place in the book and are in no use.
  public var leftOut: Int64

  public init(uses: [DeviceUse], leftOut: Int64) {
    self.uses = uses
    self.leftOut = leftOut
  }
}
