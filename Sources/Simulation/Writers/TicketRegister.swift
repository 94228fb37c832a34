/// Number of a ticket: what it is about, when it was opened and by which desk, so that no counter is
/// shared between actors.
struct TicketNumber: Equatable, Sendable {
  var kind: StaticString
  var date: Int
  var minute: Int
  var desk: Int

  /// `MT-240508-0560-17`.
  var text: Text { "\(kind)-\(date, digits: 6)-\(minute, digits: 4)-\(desk)" }

  static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

struct SimulatedTicket {
  var kind: StaticString = "MT"
  var requester: Text
  var executor: Text
  /// `nil`: it names none.
  var owner: Int?
  var most: Int
  /// Milliseconds from the begin of today, also below 0 and beyond the day.
  var opened: Int
  var closed: Int
  var approver: Text
  var approved: Int
  var subject: StaticString
}

/// The register of instructions, CSV, in the order of the days on which they were acted on.
///
///     id,requested_by,executor,owner,most_records,opened,closed,approver,approved,subject
struct TicketRegister: ~Copyable {
  var out = ByteBuffer()

  init() {
    out.put(
      "id,requested_by,executor,owner,most_records,opened,closed,approver,approved,subject\n"
    )
  }

  mutating func add(_ ticket: SimulatedTicket, _ number: TicketNumber, owner: Text, day: Int) {
    // A time before today: the days lie in the number of the day.
    func stamp(_ time: Int) -> Text {
      let shifted = time + 1000 * SimulatedDay.milliseconds
      return SimulatedDay.stamp(day: day - 1000, shifted)
    }
    out.add(number.text)
    for field in [ticket.requester, ticket.executor, owner] {
      out.put(byte: 0x2C)
      out.add(field)
    }
    out.put(byte: 0x2C)
    out.put(ticket.most)
    for field in [
      stamp(ticket.opened), stamp(ticket.closed), ticket.approver, stamp(ticket.approved),
    ] {
      out.put(byte: 0x2C)
      out.add(field)
    }
    // Subjects may hold commas.
    out.add(",\"\(ticket.subject)\"\n")
  }
}

extension Desk {
  /// Enters a ticket; the same desk must not open two of a kind within one minute.
  @discardableResult
  func ticket(_ ticket: SimulatedTicket, desk: Int) -> TicketNumber {
    let number = TicketNumber(
      kind: ticket.kind,
      date: compactDate,
      minute: (ticket.opened + 10 * SimulatedDay.milliseconds) / 60_000 % 1440,
      desk: desk
    )
    tickets.add(
      ticket,
      number,
      owner: ticket.owner.map { owner($0).name } ?? "",
      day: day.number
    )
    return number
  }

  /// What the contractor asks of somebody of the provider, for one owner's records, today.
  @discardableResult
  func instruction(
    to executor: Int,
    owner: Int?,
    most: Int,
    opened: Int,
    closed: Int,
    subject: StaticString,
    desk: Int
  ) -> TicketNumber {
    ticket(
      SimulatedTicket(
        requester: estate.contractor,
        executor: name(executor),
        owner: owner,
        most: most,
        opened: opened,
        closed: closed,
        approver: name(estate.supervisors[0]),
        approved: opened + at(0, 15),
        subject: subject
      ),
      desk: desk
    )
  }
}
