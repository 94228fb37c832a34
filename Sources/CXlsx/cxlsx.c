#include "cxlsx.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

static struct {
  lxw_workbook *(*workbook_new)(const char *);
  lxw_worksheet *(*workbook_add_worksheet)(lxw_workbook *, const char *);
  lxw_format *(*workbook_add_format)(lxw_workbook *);
  lxw_error (*workbook_set_properties)(lxw_workbook *, lxw_doc_properties *);
  lxw_error (*workbook_validate_sheet_name)(lxw_workbook *, const char *);
  lxw_error (*workbook_close)(lxw_workbook *);
  lxw_error (*worksheet_write_string)(lxw_worksheet *, lxw_row_t, lxw_col_t, const char *, lxw_format *);
  lxw_error (*worksheet_write_number)(lxw_worksheet *, lxw_row_t, lxw_col_t, double, lxw_format *);
  lxw_error (*worksheet_set_column)(lxw_worksheet *, lxw_col_t, lxw_col_t, double, lxw_format *);
  lxw_error (*worksheet_autofilter)(lxw_worksheet *, lxw_row_t, lxw_col_t, lxw_row_t, lxw_col_t);
  lxw_error (*worksheet_repeat_rows)(lxw_worksheet *, lxw_row_t, lxw_row_t);
  void (*worksheet_freeze_panes)(lxw_worksheet *, lxw_row_t, lxw_col_t);
  void (*worksheet_set_landscape)(lxw_worksheet *);
  void (*worksheet_set_paper)(lxw_worksheet *, uint8_t);
  void (*worksheet_fit_to_pages)(lxw_worksheet *, uint16_t, uint16_t);
  void (*format_set_bold)(lxw_format *);
  void (*format_set_text_wrap)(lxw_format *);
  void (*format_set_num_format)(lxw_format *, const char *);
  void (*format_set_align)(lxw_format *, uint8_t);
  void (*format_set_bg_color)(lxw_format *, lxw_color_t);
  void (*format_set_bottom)(lxw_format *, uint8_t);
  char *(*lxw_strerror)(lxw_error);
  int is_ready;
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *handle = dlopen("libxlsxwriter.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
#define FIND(name) ((*(void **)&library.name = dlsym(handle, #name)) == NULL)
  if (FIND(workbook_new) || FIND(workbook_add_worksheet) || FIND(workbook_add_format) ||
      FIND(workbook_set_properties) || FIND(workbook_validate_sheet_name) || FIND(workbook_close) ||
      FIND(worksheet_write_string) || FIND(worksheet_write_number) || FIND(worksheet_set_column) ||
      FIND(worksheet_autofilter) || FIND(worksheet_repeat_rows) || FIND(worksheet_freeze_panes) ||
      FIND(worksheet_set_landscape) || FIND(worksheet_set_paper) || FIND(worksheet_fit_to_pages) ||
      FIND(format_set_bold) || FIND(format_set_text_wrap) || FIND(format_set_num_format) ||
      FIND(format_set_align) || FIND(format_set_bg_color) || FIND(format_set_bottom) ||
      FIND(lxw_strerror))
    return;
#undef FIND
  library.is_ready = 1;
}

int cxlsx_is_there(void) {
  pthread_once(&once, load);
  return library.is_ready;
}

struct cxlsx_book {
  lxw_workbook *workbook;
  lxw_format *looks[cxlsx_looks];
};

cxlsx_book *cxlsx_open(const char *path, const char *title, int64_t created) {
  if (!cxlsx_is_there()) return NULL;
  cxlsx_book *book = calloc(1, sizeof *book);
  if (!book) return NULL;
  book->workbook = library.workbook_new(path);
  if (!book->workbook) {
    free(book);
    return NULL;
  }
  lxw_doc_properties properties;
  memset(&properties, 0, sizeof properties);
  properties.title = (char *)title;
  properties.created = (time_t)created;
  library.workbook_set_properties(book->workbook, &properties);
  for (int look = 0; look < cxlsx_looks; look++) {
    lxw_format *format = library.workbook_add_format(book->workbook);
    library.format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    switch (look) {
    case cxlsx_plain: library.format_set_text_wrap(format); break;
    case cxlsx_heading:
      library.format_set_bold(format);
      library.format_set_text_wrap(format);
      library.format_set_bg_color(format, 0xE8EDF2);
      library.format_set_bottom(format, LXW_BORDER_THIN);
      break;
    case cxlsx_number: library.format_set_num_format(format, "#,##0"); break;
    case cxlsx_share: library.format_set_num_format(format, "0.0%"); break;
    case cxlsx_day: library.format_set_num_format(format, "yyyy-mm-dd"); break;
    case cxlsx_title: library.format_set_bold(format); break;
    }
    book->looks[look] = format;
  }
  return book;
}

cxlsx_sheet *cxlsx_add(cxlsx_book *book, const char *name) {
  if (library.workbook_validate_sheet_name(book->workbook, name) != LXW_NO_ERROR) return NULL;
  lxw_worksheet *sheet = library.workbook_add_worksheet(book->workbook, name);
  if (!sheet) return NULL;
  // A4, across, as wide as one page.
  library.worksheet_set_paper(sheet, 9);
  library.worksheet_set_landscape(sheet);
  library.worksheet_fit_to_pages(sheet, 1, 0);
  return (cxlsx_sheet *)sheet;
}

int cxlsx_text(
  cxlsx_book *book, cxlsx_sheet *sheet, uint32_t row, uint16_t column, const char *text, cxlsx_look look
) {
  return library.worksheet_write_string((lxw_worksheet *)sheet, row, column, text, book->looks[look]) !=
    LXW_NO_ERROR;
}

int cxlsx_value(
  cxlsx_book *book, cxlsx_sheet *sheet, uint32_t row, uint16_t column, double value, cxlsx_look look
) {
  return library.worksheet_write_number((lxw_worksheet *)sheet, row, column, value, book->looks[look]) !=
    LXW_NO_ERROR;
}

void cxlsx_width(cxlsx_sheet *sheet, uint16_t column, double width) {
  library.worksheet_set_column((lxw_worksheet *)sheet, column, column, width, NULL);
}

void cxlsx_table(cxlsx_sheet *sheet, uint32_t row, uint32_t rows, uint16_t columns) {
  library.worksheet_freeze_panes((lxw_worksheet *)sheet, row + 1, 0);
  library.worksheet_repeat_rows((lxw_worksheet *)sheet, row, row);
  if (rows > 0 && columns > 0)
    library.worksheet_autofilter((lxw_worksheet *)sheet, row, 0, row + rows, columns - 1);
}

const char *cxlsx_close(cxlsx_book *book) {
  lxw_error error = library.workbook_close(book->workbook);
  free(book);
  return error == LXW_NO_ERROR ? NULL : library.lxw_strerror(error);
}
