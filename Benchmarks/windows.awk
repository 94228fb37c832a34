# Sliding sums over one hour of bytes and requests per user of a combined access log (G4's third peer).
BEGIN { split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " ")
        for (n in names) month[names[n]] = n }
{
  user = $3; date = substr($4, 2, 11)
  if (date != last) {   # days since 1970-01-01, once a day
    split(date, d, "/"); y = d[3]; m = month[d[2]]
    if (m < 3) { y--; m += 12 }
    days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + d[1] - 719469
    last = date
  }
  at = days * 86400 + substr($4, 14, 2) * 3600 + substr($4, 17, 2) * 60 + substr($4, 20, 2)
  tail = first[user] + 0; head = next_[user]++ + 0
  time[user, head] = at; size[user, head] = $10
  sum[user] += $10
  while (time[user, tail] < at - 3600) {
    sum[user] -= size[user, tail]; delete time[user, tail]; delete size[user, tail]; tail++
  }
  first[user] = tail
  if (sum[user] > peak[user]) peak[user] = sum[user]
  if (head - tail + 1 > most[user]) most[user] = head - tail + 1
}
END { for (user in peak) print user, peak[user], most[user] }
