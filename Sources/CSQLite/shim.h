// Debian's library is built with it; its header wants to be told.
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <sqlite3.h>

// A store has no triggers: one that somebody else put there is not to run. (The function is variadic.)
static inline int csqlite_withoutTriggers(sqlite3 *handle) {
  return sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
}
