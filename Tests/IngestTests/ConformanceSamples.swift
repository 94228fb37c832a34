import EventModel

/// The samples, and who says what is in them.
extension ConformanceTests {
  /// A file with what others say of it.
  struct Sample {
    enum Expectation {
      case filebeat, crowdsec, libauditRecords, libauditEvents, cloudTrail, plaso, zeek, pgaudit
      case pgbadger([(kind: EventModel.Operation?, count: Int)])
      case count(Int?)
    }
    var format: String
    var path: String
    var expectation: Expectation
  }

  static let samples: [Sample] =
    [
      "mariadb-10.1.21", "mariadb-10.3.13", "mysql-5.7.22", "mysql-debian-5.7.17",
      "mysql-ubuntu-5.5.53", "percona-ubuntu-5.7.19-innodb", "percona-ubuntu-8.0.15",
    ].map { beat("mysql-slow", "mysql/slowlog/\($0).log") }
    + [
      "apache/access/darwin-2.4.23.log", "apache/access/test-vhost.log",
      "apache/access/ubuntu-2.2.22.log", "nginx/access/access.log", "nginx/access/test.log",
      "nginx/ingress_controller/test.log", "traefik/access/test.log",
    ].map { beat("combined-access", $0) }
    + ["haproxy/log/httplog-no-headers.log"].map { beat("syslog-rfc3164", $0) }
    + [
      "postgresql/log/postgresql-11.4.log", "postgresql/log/postgresql-9.6-multi-core.log",
      "postgresql/log/postgresql-query-steps-slowlog.log",
    ].map { beat("postgresql-stderr", $0) }
    + [beat("w3c-extended", "iis/access/test-ipv6zone.log")]
    + ["auditd/log/audit-rhel6.log", "auditd/log/test.log"].map { beat("linux-audit", $0) }
    + ["system/auth/test.log", "system/auth/auth-ubuntu1204.log"].map { beat("syslog-rfc3164", $0) }
    + [
      ("aws-cloudtrail", "aws-cloudtrail/aws-cloudtrail.log"),
      ("combined-access", "apache2-logs/apache2-logs.log"),
      ("haproxy", "haproxy-logs/haproxy-logs.log"), ("vsftpd", "vsftpd-logs/vsftpd-logs.log"),
      ("postgresql-stderr", "pgsql-logs/pgsql-logs.log"),
      ("syslog-rfc3164", "sshd-logs/sshd-logs.log"),
      ("syslog-rfc3164", "sshd-logs-fp/sshd-logs.log"),
      ("syslog-rfc3164", "sshd-invalid-bf/sshd-invalid-bf.log"),
      ("syslog-rfc5424", "opnsense-sshd/opnsense-sshd.log"),
    ].map { Sample(format: $0, path: "crowdsec-hub/\($1)", expectation: .crowdsec) }
    + [
      ("vsftpd", "plaso/vsftpd.log", 25), ("aws-cloudtrail", "plaso/jsonl/aws_cloudtrail.jsonl", 6),
      ("mysql-audit", "ibm-universal-connectors/mysql-guardium/audit_json.log", nil),
      ("mariadb-audit", "ibm-universal-connectors/mariadb-guardium/sample_audit_log.log", nil),
      ("google-cloud-audit", "ibm-universal-connectors/pubsub-postgresql-guardium/a.log", nil),
      ("combined-access", "elastic-examples/apache_logs", 10_000),
      ("w3c-extended", "plaso/iis/iis6.log", 12),
      ("syslog-rfc3164", "plaso/syslog/syslog_ssh.log", 9),
    ].map { Sample(format: $0, path: $1, expectation: .count($2)) }
    + [
      ("w3c-extended", "iis/iis6.log"), ("w3c-extended", "iis/iis10.log"),
      ("combined-access", "apache_access.log"), ("aws-cloudtrail", "jsonl/aws_cloudtrail.jsonl"),
    ].map { Sample(format: $0, path: "plaso/\($1)", expectation: .plaso) }
    + [
      ("nginx_http-logs", "nginx_http-logs"), ("nginx-proxy-manager-malformed", "nginx_http-logs"),
    ].map {
      Sample(
        format: "combined-access",
        path: "crowdsec-hub/\($0)/\($1).log",
        expectation: .crowdsec
      )
    }
    + [
      Sample(
        format: "linux-audit",
        path: "crowdsec-hub/auditd-logs/auditd-logs.log",
        expectation: .crowdsec
      ),
      Sample(
        format: "windows-xml",
        path: "crowdsec-hub/iis-xml-logs/iis-logs.log",
        expectation: .count(1)
      ),
      beat("syslog-rfc3164", "haproxy/log/default.log"),
      beat("w3c-extended", "iis/access/test-iis-7.2.log"),
      Sample(format: "postgresql-stderr", path: "pgaudit/pgaudit.out", expectation: .pgaudit),
    ]
    + [
      ("postgresql-stderr", "postgresql.log"), ("linux-audit", "audit_enriched.log"),
      ("syslog-rfc3164", "syslog/syslog_rsyslog"), ("syslog-rfc3164", "syslog/syslog_ssh.log"),
      ("syslog-rfc5424", "syslog/syslog_rsyslog_SyslogProtocol23Format"), ("vsftpd", "vsftpd.log"),
    ].map { Sample(format: $0, path: "plaso/\($1)", expectation: .plaso) }
    + zeek + statements + cloudTrail
    + ["audit-rhel6", "audit-ubuntu14", "audit-ubuntu16", "audit-ubuntu17", "test2"].map {
      Sample(
        format: "linux-audit",
        path: "go-libaudit/auparse/\($0).log",
        expectation: .libauditRecords
      )
    }
    + [
      "random-internet", "rhel-7-linux-3.10.0", "ubuntu-16.04-linux-4.13.0",
      "ubuntu-24.04-linux-6.8.0",
    ].map {
      Sample(
        format: "linux-audit",
        path: "go-libaudit/aucoalesce/\($0).yaml",
        expectation: .libauditEvents
      )
    }

  private static let cloudTrail: [Sample] =
    ([
      "defense-evasion.cloudtrail-event-selectors", "defense-evasion.dns-delete-logs",
      "defense-evasion.vpc-remove-flow-logs", "execution.ec2-launch-unusual-instances",
      "execution.ssm-send-command", "exfiltration.ec2-security-group-open-port-22-ingress",
      "exfiltration.ec2-share-ebs-snapshot", "impact.bedrock-invoke-model",
      "lateral-movement.ec2-instance-connect", "persistence.iam-backdoor-role",
      "persistence.iam-create-admin-user", "persistence.iam-create-user-login-profile",
      "persistence.lambda-layer-extension", "persistence.rolesanywhere-create-trust-anchor",
      "privilege-escalation.iam-update-user-login-profile",
    ].map { "stratus-red-team/aws.\($0).json" } + ["panther-analysis/rule_tests.jsonl"]).map {
      Sample(format: "aws-cloudtrail", path: $0, expectation: .cloudTrail)
    }

  /// Zeek's own baselines, whose times are blotted out, and logs of a recorded attack.
  private static let zeek: [Sample] =
    [
      "scripts.base.frameworks.analyzer.request-response-protocol-differences/conn-http-to-ssh.log",
      "scripts.base.frameworks.analyzer.request-response-protocol-differences/conn-https-to-http.log",
      "scripts.base.frameworks.logging.field-extension-invalid/conn.log",
      "scripts.base.protocols.ftp.ftp-auth-tls/conn.log",
      "scripts.base.protocols.ftp.ftp-auth-tls/ftp.log",
      "scripts.base.protocols.ftp.ftp-get-file-size/ftp.log",
      "scripts.base.protocols.ftp.ftp-max-command-length/conn.log",
      "scripts.base.protocols.ftp.ftp-max-command-length/ftp.log",
      "scripts.base.protocols.ftp.ftp-missing-space-after-reply-code/conn.log",
      "scripts.base.protocols.ftp.ftp-missing-space-after-reply-code/ftp.log",
      "scripts.base.protocols.ftp.ftp-multiline-reply/ftp.log",
      "scripts.base.protocols.http.100-continue/http.log",
      "scripts.base.protocols.http.content-range-less-than-len/http.log",
      "scripts.base.protocols.http.deeply-nested-mime/http.log",
      "scripts.base.protocols.http.fake-content-length/http.log",
      "scripts.base.protocols.http.http-11-request-then-cruft/http.log",
      "scripts.base.protocols.http.http-bad-request-with-version/http.log",
      "scripts.base.protocols.http.http-basic-auth-extra-space/http.log",
      "scripts.base.protocols.http.http-connect-with-header/conn.log",
      "scripts.base.protocols.http.http-connect-with-header/http.log",
      "scripts.base.protocols.http.http-filename/http.log",
      "scripts.base.protocols.irc.starttls/conn.log",
      "scripts.base.protocols.krb.krb-service-name/conn.log",
      "scripts.base.protocols.ldap.spnego-ntlmssp/conn.log",
      "scripts.base.protocols.mysql.auth/mysql.log",
      "scripts.base.protocols.mysql.caching_sha2_password-auth-switch-to-test-sha256_password/mysql.log",
      "scripts.base.protocols.mysql.caching_sha2_password/mysql.log",
      "scripts.base.protocols.mysql.change-user-success/mysql.log",
      "scripts.base.protocols.mysql.encrypted-aws-rds/tls-12.conn.log",
      "scripts.base.protocols.mysql.encrypted-aws-rds/tls-13.conn.log",
      "scripts.base.protocols.mysql.many-query-attr/mysql.log",
      "scripts.base.protocols.mysql.query-attr/mysql.log",
      "scripts.base.protocols.mysql.show-engine-innodb-status/mysql.log",
      "scripts.base.protocols.mysql.wireshark/mysql.log",
      "scripts.base.protocols.rdp.rdpeudp-handshake-fail/conn.log",
      "scripts.base.protocols.smb.smb1/smb_files.log",
      "scripts.base.protocols.smb.smb2-create-delete-on-close/smb_cmd.log",
      "scripts.base.protocols.smb.smb2-create-delete-on-close/smb_files.log",
      "scripts.base.protocols.smb.smb2/smb_files.log",
      "scripts.base.protocols.smb.smb2/smb_mapping.log",
      "scripts.policy.protocols.ftp.bruteforce/ftp.log",
      "scripts.policy.protocols.ftp.ftp/ftp.log",
    ].map { Sample(format: "zeek-tsv", path: "zeek/Baseline/\($0)", expectation: .zeek) }
    + ["conn", "http", "smb_files", "smb_mapping", "dns", "ssl", "kerberos"].map {
      Sample(
        format: "zeek-json",
        path: "otrf/apt29-zeek/SCRANTON_\($0).log",
        expectation: .zeek
      )
    }

  /// Counts of pgbadger: of `stmt_type.log` COPY TO and both statements of a cursor, INSERT, UPDATE, DELETE, COPY
  /// FROM and a DELETE with a common table expression; of the second 629 queries and a message of the server.
  private static let statements: [Sample] = [
    ("stmt_type.log", [(nil, 12), (.export, 3), (.write, 5)]),
    ("light.postgres.log.bz2", [(nil, 630)]),
    ("pg-timezones.log", [(nil, 2), (.write, 1)]),
  ].map {
    Sample(format: "postgresql-stderr", path: "pgbadger/\($0)", expectation: .pgbadger($1))
  }

  private static func beat(_ format: String, _ path: String) -> Sample {
    Sample(format: format, path: "beats-filebeat/" + path, expectation: .filebeat)
  }
}
