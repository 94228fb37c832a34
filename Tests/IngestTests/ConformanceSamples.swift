/// The samples, and who says what is in them.
extension ConformanceTests {
  /// A file with what others say of it.
  struct Sample {
    enum Expectation {
      case filebeat, crowdsec, libauditRecords, libauditEvents, cloudTrail, plaso
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
    + ["haproxy/log/httplog-no-headers.log"].map { beat("haproxy", $0) }
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
      ("zeek-json", "otrf/apt29-zeek/SCRANTON_conn.log", nil),
      ("zeek-json", "otrf/apt29-zeek/SCRANTON_http.log", nil),
      ("zeek-json", "otrf/apt29-zeek/SCRANTON_smb_files.log", nil),
      ("w3c-extended", "plaso/iis/iis6.log", 12),
      ("syslog-rfc3164", "plaso/syslog/syslog_ssh.log", 9),
    ].map { Sample(format: $0, path: $1, expectation: .count($2)) }
    + [
      ("w3c-extended", "iis/iis6.log"), ("w3c-extended", "iis/iis10.log"),
      ("combined-access", "apache_access.log"), ("aws-cloudtrail", "jsonl/aws_cloudtrail.jsonl"),
    ].map { Sample(format: $0, path: "plaso/\($1)", expectation: .plaso) }
    + cloudTrail
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

  private static func beat(_ format: String, _ path: String) -> Sample {
    Sample(format: format, path: "beats-filebeat/" + path, expectation: .filebeat)
  }
}
