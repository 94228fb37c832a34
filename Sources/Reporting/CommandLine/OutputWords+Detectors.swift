/// What detectors look for, as `ometsuke detectors` prints it.
extension OutputWords {
  static let ofDetectors = #"""
    audit stopped, cleared or changed, clock set, numbered lines missing
    監査ログの停止・消去・変更、時刻の変更、連番の欠落

    weeks that stand out from those of the role and the account's own
    同じ役割の者や本人の過去と比べて際立つ週

    unexplained records read within 1 min … 24 h pass the limit of the role
    1 分〜24 時間に指示なく読み出した件数が、役割ごとの上限を超過

    a planted customer's record is read
    おとりの顧客記録の読出し

    a leaver's account, or one that was long silent, reads in bulk
    離任者のアカウント、または長く使われていないアカウントによる大量読出し

    within an incident: an owner, terminal or program never used before
    事案の中で、初めて扱う委託元・端末・プログラム

    a bulk read without instruction by or of whom an inquiry named
    照会で挙がった者・委託元に係る、指示のない大量読出し

    bulk reads of different days that lie side by side and walk through a set
    日を分けて隣り合う範囲を順に読み進める大量読出し

    single records opened without a call, beyond what is usual for the role
    通話を伴わない個別閲覧が、役割の通常を超過

    unexplained records add up over 30 d … lifetime
    30 日から全期間にわたる、指示のない読出しの蓄積

    a privileged account or a terminal reads in bulk soon after its first read
    使い始めて間もない特権アカウント・端末による大量読出し

    unexplained reads reach a share of one owner's set, of any size
    指示のない読出しが、一つの委託元の全件に占める割合で上限に到達(規模を問わない)

    records read page by page or in order of their keys, or at an unusual rate
    ページ順・キー順の連続した読出し、または通常にない頻度の読出し

    unexplained bulk reads that recur in size, hour, terminal or interval
    件数・時刻・端末・間隔が似た、指示のない大量読出しの反復

    a bulk read goes beyond the ticket or job it rests on
    指示票・ジョブの範囲を超えた大量読出し

    a service account reads by hand, off its job, hours, terminal or target
    サービスアカウントの手作業による読出し、またはジョブ・時間帯・端末・出力先の逸脱

    one person's account at another's terminal, one person with several accounts
    他人の端末での本人アカウントの使用、一人による複数アカウントの使用

    within an incident: several people's accounts took at the same terminal
    事案の中で、同じ端末から複数の者のアカウントによる持出し

    two sources cannot both be right: bytes or rows without an audited read
    記録元どうしの矛盾: 監査ログに読出しのないバイト数・行数

    small exports gathered, then an unregistered device or a copy away
    小口の書出しの集積と、その後の未登録媒体の接続・外部への複写

    one executor uses several instructions beyond what they say
    一人の実施者が複数の指示を範囲を超えて使用

    an organisation handles an owner's records without or before its consent
    承諾のない、または承諾前の組織による委託元の記録の取扱い

    an account reads records that nobody declared, where others are declared
    ほぼすべてのアカウントが宣言されている中での、宣言のないアカウントによる読出し

    days or hours without a line in a source that always writes, clocks stepped back
    つねに書かれるはずの記録元の無記録の日・時間帯、時計の逆行
    """#
}
