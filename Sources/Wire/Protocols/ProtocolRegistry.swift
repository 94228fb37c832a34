/// The protocols that are read, in the order in which they are asked.
public enum ProtocolRegistry {
  public static let all: [any SessionParser.Type] = [
    PostgreSQL.self,
    MySQL.self,
    HTTP.self,
    TLS.self,
    SMB.self,
    FTP.self,
    FTPData.self,
    TDS.self,
    Oracle.self,
  ]
}
