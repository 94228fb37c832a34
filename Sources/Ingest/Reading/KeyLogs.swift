internal import Wire

/// The key logs by which encrypted sessions of captures are read.
public enum KeyLogs {
  /// Takes the secrets of a file (SSLKEYLOGFILE) for every capture that is read from now on.
  ///
  /// `follows`: it is still written.
  /// - Throws: one clear line where it cannot be read or is none.
  public static func declare(_ path: String, follows: Bool = false) throws(ReadError) {
    do throws(KeyLog.Failure) {
      try KeyLog.declared.read(file: path, follows: follows)
    } catch {
      throw ReadError(.notReadable, error.message)
    }
  }
}

/// Where requests in captures name their user beside `Authorization`.
public enum CaptureUsers {
  /// Takes names of header fields and cookies for every capture that is read from now on.
  public static func declare(headers: [String], cookies: [String]) {
    UserFields.declared.add(headers: headers, cookies: cookies)
  }
}
