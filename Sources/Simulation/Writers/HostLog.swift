/// Syslog of servers and terminals, RFC 3164: local time, no year, no zone.
///
///     Apr  1 09:12:34 mnt-pc03 sshd[2101]: Accepted publickey for adm.mori from 192.0.2.71 port 51740 ssh2
extension Desk {
  func syslog(_ time: Int, _ host: Text, _ program: Text, _ message: Text) {
    let store = store(.hosts)
    store.begin(within(time))
    store.bytes.put(day.monthName)
    store.bytes.put(byte: 0x20)
    if day.day < 10 { store.bytes.put(byte: 0x20) }
    store.bytes.put(day.day)
    store.bytes.put(byte: 0x20)
    store.bytes.put(clock: within(time))
    store.bytes.add(" \(host) \(program): \(message)\n")
  }

  /// A logon by ssh with its session, closed some time later.
  func logon(_ time: Int, at terminal: Int, account: Int, from address: Text) {
    let host = host(terminal)
    let program: Text = "sshd[\(random.between(1200, 29_000))]"
    let user = name(account)
    let port = random.between(40_000, 61_000)
    syslog(time, host, program, "Accepted publickey for \(user) from \(address) port \(port) ssh2")
    syslog(
      time + 300,
      host,
      program,
      "pam_unix(sshd:session): session opened for user \(user)(uid=\(account + 1000)) by (uid=0)"
    )
    syslog(
      later(time, 600, 9_000),
      host,
      program,
      "pam_unix(sshd:session): session closed for user \(user)"
    )
  }

  func sudo(_ time: Int, at terminal: Int, account: Int, _ command: Text) {
    let user = name(account)
    syslog(
      time,
      host(terminal),
      "sudo[\(random.between(900, 9_000))]",
      "\(user) : TTY=pts/0 ; PWD=/home/\(user) ; USER=root ; COMMAND=\(command)"
    )
  }

  /// A storage device is put in; the kernel tells product and serial number.
  func stick(_ time: Int, at terminal: Int, product: Text, serial: Text) {
    let host = host(terminal)
    let uptime: Text =
      "[\(random.between(9_000, 99_999)).\(random.below(1_000_000), digits: 6)]"
    let port = random.between(1, 4)
    let device: Text = "usb 1-\(port)"
    let number = random.between(5, 19)
    let lines: [Text] = [
      "\(uptime) \(device): new high-speed USB device number \(number) using xhci_hcd",
      "\(uptime) \(device): New USB device found, idVendor=0781, idProduct=5583, bcdDevice= 1.00",
      "\(uptime) \(device): Product: \(product)",
      "\(uptime) \(device): SerialNumber: \(serial)",
      "\(uptime) usb-storage 1-\(port):1.0: USB Mass Storage device detected",
      "\(uptime) sd 6:0:0:0: [sdb] Attached SCSI removable disk",
    ]
    for (index, text) in lines.enumerated() {
      syslog(time + index * 700, host, "kernel", text)
    }
  }
}
