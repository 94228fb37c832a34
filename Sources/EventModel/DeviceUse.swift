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

/// What is known of devices, month by month.
public struct DeviceMonths: Sendable, Hashable {
  public struct Item: Sendable, Hashable {
    /// Months since year 0.
    public var month: Int
    public var use: DeviceUse

    public init(month: Int, use: DeviceUse) {
      self.month = month
      self.use = use
    }
  }

  /// In order of month.
  public var uses: [Item] = []
  /// Attachments of any time that had no place in the book and are in no use.
  public var leftOut: Int64

  public init(leftOut: Int64) { self.leftOut = leftOut }

  /// Those of the months that touch these days.
  public func uses(on days: ClosedRange<Int>) -> DeviceUses {
    func month(_ day: Int) -> Int {
      let date = CivilCalendar.date(ofDay: day)
      return date.year * 12 + date.month - 1
    }
    let months = month(days.lowerBound)...month(days.upperBound)
    return DeviceUses(
      uses: uses.lazy.filter { months.contains($0.month) }.map(\.use),
      leftOut: leftOut
    )
  }
}
