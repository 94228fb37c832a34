// Spreadsheets by libxlsxwriter, loaded when the first one is made: nothing is linked.
#ifndef CXLSX_H
#define CXLSX_H

#include <stdint.h>

typedef struct cxlsx_book cxlsx_book;
typedef struct cxlsx_sheet cxlsx_sheet;

// How a cell looks.
typedef enum {
  cxlsx_plain = 0,
  cxlsx_heading,
  cxlsx_number,
  cxlsx_share,
  cxlsx_day,
  cxlsx_title,
  cxlsx_looks,
} cxlsx_look;

// Whether the library is there.
int cxlsx_is_there(void);

// A workbook that is written to `path` when it is closed; NULL: it cannot be. `created`: seconds since 1970, as
// its properties tell it.
cxlsx_book *cxlsx_open(const char *path, const char *title, int64_t created);

// A sheet; NULL: the name is no name for a sheet.
cxlsx_sheet *cxlsx_add(cxlsx_book *book, const char *name);

// Strings are never formulas. 0: done.
int cxlsx_text(cxlsx_book *book, cxlsx_sheet *sheet, uint32_t row, uint16_t column, const char *text, cxlsx_look look);
int cxlsx_value(cxlsx_book *book, cxlsx_sheet *sheet, uint32_t row, uint16_t column, double value, cxlsx_look look);

// Width in columns of a terminal.
void cxlsx_width(cxlsx_sheet *sheet, uint16_t column, double width);

// The heading is row `row`: it stays in sight, is printed on every page, and filters `columns` columns of `rows` rows.
void cxlsx_table(cxlsx_sheet *sheet, uint32_t row, uint32_t rows, uint16_t columns);

// Writes the file and frees the book. NULL: done; else what went wrong.
const char *cxlsx_close(cxlsx_book *book);

#endif
