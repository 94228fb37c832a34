extension MessageWords {
  /// About the store and the file of what people know.
  ///
  /// Before the others: what is told most exactly is looked for first.
  static let ofStore = #"""
    cannot be written ({1}); make room and run again
    書けません({1})。空きを作って、もう一度実行してください

    cannot be written ({1}); see to its rights and to those of its folder
    書けません({1})。ファイルとフォルダーの権限を確かめてください

    is in use by another program ({1}); run again
    ほかのプログラムが使っています({1})。もう一度実行してください

    no store of ometsuke, or damaged ({1}); bring back a copy
    ometsuke のストアではないか、壊れています({1})。控えから戻してください

    a day of the ledger is damaged; bring back a copy
    台帳の日が壊れています。控えから戻してください

    a part of {1} is damaged; bring back a copy
    {1} の一部が壊れています。控えから戻してください

    something is damaged or of another key; bring back a copy
    壊れているか、別の鍵によるものがあります。控えから戻してください

    counts data subjects by another privacy key than the estate file's: every one would be counted twice; put that key back (`state rotate-key` changes the store's own key alone)
    環境定義ファイルとは別の privacy の鍵で本人を数えています。このままでは二重に数えるため、元の鍵に戻してください(`state rotate-key` が替えるのはストア自身の鍵だけです)

    is kept under another key ({1}); name the estate file whose privacy key-file holds it on its second line; a rotation that broke off leaves it in KEY-FILE.new: rename that
    別の鍵({1})で守られています。その鍵を key-file の 2 行目に持つ環境定義ファイルを指定してください。鍵の交換が途中で止まったときは KEY-FILE.new に残っています。その名を改めてください

    privacy key-file "{1}": others may read or write it (mode {2}), and who has it finds out whose records are meant: chmod 600 it
    privacy の key-file「{1}」を他の利用者が読み書きできます(モード {2})。鍵を持つ者は、誰の記録かを割り出せます。chmod 600 を実行してください

    is kept under a key; name the estate file whose privacy key-file holds it
    鍵で守られています。その鍵を privacy の key-file に持つ環境定義ファイルを指定してください

    cannot be made ({1}); name a folder that can be written
    作れません({1})。書き込めるフォルダーを指定してください

    is cut off, {1} byte[|s] of it gone; bring back a copy
    途中で切れており、{1} バイトが失われています。控えから戻してください

    table {1}: {2} is not what was written: damaged or edited; `ometsuke verify` names all. Bring back a copy, or run a night, which notes it for good and goes on with what is there
    表 {1}: {2} が書き込んだ内容と異なります(破損または改変)。すべての箇所は `ometsuke verify` が示します。控えから戻すか、夜間実行をしてください(記録に残したうえで現在の内容で続行します)

    table {1}: {2} is not what was written, and {3} more: damaged or edited; `ometsuke verify` names all. Bring back a copy, or run a night, which notes it for good and goes on with what is there
    表 {1}: {2} ほか {3} か所が書き込んだ内容と異なります(破損または改変)。すべての箇所は `ometsuke verify` が示します。控えから戻すか、夜間実行をしてください(記録に残したうえで現在の内容で続行します)

    not a time; write 2024-04-01 or 2024-04-01 09:00
    日時ではありません。2024-04-01 または 2024-04-01 09:00 のように書いてください

    {1}: is one finding of {2}; a decision is about the whole incident: name {3}
    {1} は {2} 件の検出結果の一つです。判断は事案全体について行うため、事案 {3} を指定してください

    {1}: is itself decided to be a duplicate of {2}; name the one that is not
    {1} 自体が {2} の重複と判断されています。重複ではない事案を指定してください

    --format pdf needs Chromium in PATH (Debian: apt-get install chromium); or print the HTML
    --format pdf には PATH に Chromium が必要です(Debian では apt-get install chromium)。または HTML を印刷してください

    no folder for the page can be made in /tmp
    /tmp にページ用のフォルダーを作れません

    {1} ended with status {2} and made no PDF
    {1} が状態 {2} で終わり、PDF は作られませんでした

    is no store of ometsuke, or its beginning is damaged; name another file, or bring back a copy
    ometsuke のストアではないか、先頭が壊れています。別のファイルを指定するか、控えから戻してください

    is empty, and no store; name another file
    空で、ストアではありません。別のファイルを指定してください

    is no file; name the store's own file
    ファイルではありません。ストアのファイルを指定してください

    is no store of ometsuke; name another file
    ometsuke のストアではありません。別のファイルを指定してください

    others may read or write it (mode {1}); it tells who handled whose records: chmod 600 it
    ほかの利用者が読み書きできます(モード {1})。誰が誰の記録を扱ったかを含むため、chmod 600 としてください

    its mode is wider than 600 (mode {1}); it tells who handled whose records: chmod 600 it
    権限が 600 より広くなっています(モード {1})。誰が誰の記録を扱ったかを含むため、chmod 600 としてください

    another run holds it; nothing was done
    ほかの実行が使っているため、何もしませんでした

    of an earlier version of ometsuke, or empty; the next night brings it up to date
    以前の版の ometsuke のもの、または空です。次の夜間実行が更新します

    a database, but no store of ometsuke; name another
    データベースですが、ometsuke のストアではありません。別のものを指定してください

    written by a later version of ometsuke ({1}); use that version
    より新しい版の ometsuke が書いたものです({1})。その版を使ってください

    file is not a database
    データベースではありません

    database disk image is malformed
    データベースが壊れています

    incident "{1}": the store remembers none of that id; correct it
    事案「{1}」: その ID はストアにありません。直してください

    incident "{1}": no owner is called "{2}"; correct it
    事案「{1}」: 「{2}」という委託元はありません。直してください

    incident "{1}": "{2}" is entered twice under owners; the first entry counts, correct it
    事案「{1}」: owners に「{2}」が重複しています。最初の記入を採用します。直してください

    incident "{1}": the logs do not show "{2}" in it: what is entered of that owner is in no sum; correct it
    事案「{1}」: 委託元「{2}」はこの事案の記録では確認されないため、記入された件数は計に含めません。直してください

    incident "{1}": kind "{2}"; write {3}
    事案「{1}」: 種別「{2}」。{3} のいずれかを書いてください

    incident "{1}": {2} confirmed of "{3}", where the logs leave {4} possible; correct it, or say in limitations by which way the others went
    事案「{1}」: 「{3}」の確認件数 {2} 件は、ログから見込まれる最大 {4} 件を超えます。訂正するか、残りの経路を limitations に書いてください

    incident "{1}": {2} confirmed of "{3}", which has delivered {4}; correct one of them
    事案「{1}」: 「{3}」の確認件数 {2} 件が交付件数 {4} 件を超えています。どちらかを訂正してください

    incident "{1}": kind final, but nothing is entered under {2}: the report says unknown
    事案「{1}」: 種別は確報(final)ですが、{2} が未記入のため、報告では不明となります

    incident "{1}": {2} lies before the first taking, {3}; correct it
    事案「{1}」: {2} は最初の持出し({3})より前です。訂正してください

    incident "{1}": {2} lies before {3}; correct one of them
    事案「{1}」: {2} が {3} より前です。どちらかを訂正してください

    incident "{1}": {2} lies ahead; correct it
    事案「{1}」: {2} は未来の日付です。訂正してください

    quarter "{1}": {2} lies ahead; correct it
    四半期「{1}」: {2} は未来の日付です。訂正してください

    incident "{1}": {2} is no day; write {3}
    事案「{1}」: {2} は日付ではありません。{3} のように書いてください

    quarter "{1}": {2} is no day; write {3}
    四半期「{1}」: {2} は日付ではありません。{3} のように書いてください

    confirmed: write a number of records, such as 61,000
    confirmed: 61,000 のように件数を書いてください
    """#
}
