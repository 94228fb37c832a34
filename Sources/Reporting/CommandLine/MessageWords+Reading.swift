extension MessageWords {
  /// Why an input, or a record of it, could not be read.
  static let ofReading = #"""
    no such file or folder; check the path
    ファイルまたはフォルダーがありません。パスを確認してください

    no such file; check the path
    ファイルがありません。パスを確認してください

    permission denied; run with the right to read it
    読む権限がありません。権限のある利用者で実行してください

    a link to nothing
    リンク先がありません

    the pattern matches no file; check it
    パターンに合うファイルがありません。パターンを確認してください

    the pattern's folders cannot be read
    パターンのフォルダーを読めません

    neither a file nor a folder; name it yourself to read it
    ファイルでもフォルダーでもありません。読むには直接指定してください

    the folder holds no file that was not named before
    フォルダーには、まだ指定されていないファイルがありません

    the folder holds only names that are no logs' (hidden, .md, .py, .sh, .yml, .yaml); name a file itself to read it
    フォルダーにはログの名前でないもの(隠しファイル、.md、.py、.sh、.yml、.yaml)しかありません。読むにはファイルを直接指定してください

    cannot be opened ({1})
    開けません({1})

    cannot be followed from night to night: it is no file; name a file or a folder
    ファイルではないため、夜をまたいで読み続けられません。ファイルかフォルダーを指定してください

    reading failed after {1} bytes ({2}); what follows is missing
    {1} バイトまでで読込みに失敗しました({2})。以降は読めていません

    the {1} data are damaged near byte {2} ({3}); what follows is missing
    {1} の圧縮データが {2} バイト目付近で壊れています({3})。以降は読めていません

    the {1} data end early, after {2} bytes; what follows is missing. Copy the file again
    {1} の圧縮データが {2} バイトで途切れています。以降は読めていません。ファイルを写し直してください

    something that is not {1} follows the compressed data from byte {2} on; it was not read. Look at what was appended to the file
    {2} バイト目から {1} でないものが続いており、読んでいません。ファイルに何が足されたかを確認してください

    {1} bytes of {2} grew to {3}, more than {4} times; reading stopped there. If the file is genuine, decompress it yourself and read the result
    {2} の {1} バイトが {3} バイト({4} 倍超)に膨らんだため、読込みを止めました。正しいファイルであれば、自分で展開したものを読ませてください

    this machine has no converter for {1}; install the gconv modules of the C library, or convert the file to UTF-8
    この機械には {1} の変換器がありません。C ライブラリの gconv モジュールを入れるか、ファイルを UTF-8 に変換してください

    no capture; pcap and pcapng are read, compressed or not
    パケット記録ではありません。読めるのは pcap と pcapng(圧縮も可)です

    no event in {1} line[|s], {2} of them rejected as {3} (line {4}: {5}); declare its format and fields in the estate file, or leave it out
    {1} 行に読める操作がなく、うち {2} 行は {3} として読めません({4} 行目: {5})。環境定義ファイルに形式と項目を宣言するか、対象から外してください

    read in part: {1} of {2} record[|s] rejected as {3} (line {4}: {5}); declare its format and fields in the estate file, or mend it
    一部のみ読めました: {2} 件のうち {1} 件は {3} として読めません({4} 行目: {5})。環境定義ファイルに形式と項目を宣言するか、ファイルを直してください

    cut off: it ends within its last record (line {1}, offset {2}: {3}); give the whole file, or what goes on where it ends
    途切れています: 最後の記録の途中で終わっています({1} 行目、オフセット {2}: {3})。ファイル全体か、続きを指定してください

    cut off: it ends within its first record (offset {1}); give the whole file, or what goes on where it ends
    途切れています: 最初の記録の途中で終わっています(オフセット {1})。ファイル全体か、続きを指定してください

    cut off: it ends within a record (offset {1}), and no format is sure of those before it; give the whole file, or declare its format and fields in the estate file
    途切れています: 記録の途中で終わり(オフセット {1})、それより前の形式も確かではありません。ファイル全体を指定するか、環境定義ファイルに形式と項目を宣言してください

    no known log format; declare its format and fields in the estate file, or leave it out
    既知のログ形式ではありません。環境定義ファイルに形式と項目を宣言するか、対象から外してください

    no format is sure of it; nearest {1}: {2}; declare its format and fields in the estate file, or leave it out
    形式を確定できません。最も近いのは {1}: {2}。環境定義ファイルに形式と項目を宣言するか、対象から外してください

    a tar archive: nothing of it is read; unpack it ({1}) and read what is in it
    tar アーカイブです。中身は一切読んでいません。展開({1})したものを読ませてください

    a ZIP archive: nothing of it is read; unpack it ({1}) and read what is in it
    ZIP アーカイブです。中身は一切読んでいません。展開({1})したものを読ませてください

    {1}: nothing of it is read; unpack it ({2}) and read what is in it
    {1}: 圧縮・格納されたもので、中身は一切読んでいません。展開({2})したものを読ませてください

    the declared format {1} is not known
    宣言された形式 {1} はありません

    binary data: its lines are counted, none is understood; leave it out
    バイナリーデータです。行を数えるだけで、内容は読めません。対象から外してください

    a text in {1} without a byte order mark at byte 0: its lines are counted, none is understood; convert it to UTF-8 (iconv, from {2}) and read the result
    先頭に BOM のない {1} のテキストです。行を数えるだけで、内容は読めません。UTF-8 に変換したもの(iconv、変換元は {2})を読ませてください

    {1} messages lost while listening
    受信中に {1} 件のメッセージを失いました

    unexpected byte at byte {1}
    {1} バイト目に予期しないバイト

    unexpected end at byte {1}
    {1} バイト目で途切れている

    a required field is missing at byte {1}
    必要な項目がない({1} バイト目)

    wrong number of fields at byte {1}
    項目の数が違う({1} バイト目)

    not a time at byte {1}
    日時でない({1} バイト目)

    not a number at byte {1}
    数でない({1} バイト目)

    a time outside 1990 to 2100 at byte {1}
    1990〜2100 年の外の日時({1} バイト目)

    record longer than 1 MiB at byte {1}
    1 MiB を超える記録({1} バイト目)

    not a record of this format at byte {1}
    この形式の記録でない({1} バイト目)

    quote without an end at byte {1}
    引用符が閉じていない({1} バイト目)

    bytes not of the declared encoding at byte {1}
    宣言された文字コードのバイトでない({1} バイト目)

    a length that is not the record's at byte {1}
    長さが記録と合わない({1} バイト目)
    """#
}
