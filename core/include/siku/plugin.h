/* Operators in a shared library: the C interface `siku_plugin_v1`. A library includes this header,
 * links nothing of Siku, and exports one symbol, `siku_plugin_v1`. Guide: docs/own-operators.md.
 *
 * Batches travel through the Arrow C data interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html). No exception may leave a function.
 * Every text is UTF-8. Sizes and versions stand first, so that later versions can tell. */
#ifndef SIKU_PLUGIN_H
#define SIKU_PLUGIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif

#define SIKU_PLUGIN_VERSION 1

/* Names as C has them. NOLINTBEGIN(readability-identifier-naming) */

/* What a function that fails leaves: its value, other than 0, is the error's code (docs/errors.md:
 * 2 wrong parameters, 6 wrong data, 7 a limit, 1 a bug), `message` says why, ended by a zero. After
 * a 6 of `apply` the rows are given again in fewer, and those that fail alone are rejected. */
struct siku_error_v1 {
  char message[1024];
};

/* A change of the text of row `row`: its bytes [begin, end) become `after`. */
struct siku_edit_v1 {
  int32_t row;
  uint16_t rule;       /* index into the record's rules */
  uint16_t confidence; /* per mille */
  int64_t begin, end;
  const char* after;
  int64_t after_size;
};

/* A place of the text worth a person's eye. */
struct siku_flag_v1 {
  int32_t row;
  uint16_t kind; /* index into the record's flags */
  int64_t begin, end;
  const char* detail;
  int64_t detail_size;
};

/* A row that goes no further. */
struct siku_reject_v1 {
  int32_t row;
  uint16_t reason; /* index into the record's reasons */
  const char* detail;
  int64_t detail_size;
};

/* What a batch became. The library owns all of it until `release`. */
struct siku_outcome_v1 {
  uint32_t size; /* set by the caller: sizeof(struct siku_outcome_v1) as it knows it */
  /* A struct array with the columns that `bind` announced; its rows are those that go on. Left as
   * it is where no column is written: `rows` then counts them. */
  struct ArrowArray columns;
  int64_t rows;
  /* Per row that goes on, the input row it came from, ascending. NULL: those not rejected. */
  const int32_t* parents;
  int64_t reject_count;
  const struct siku_reject_v1* rejects;
  /* By row, then place; disjoint. Makes the new text; then `columns` may not hold the text column.
   */
  int64_t edit_count;
  const struct siku_edit_v1* edits;
  int64_t flag_count;
  const struct siku_flag_v1* flags;
  void* private_data;
  /* Called once after apply gave 0, if it is not NULL. `columns` has a release of its own. */
  void (*release)(struct siku_outcome_v1* outcome);
};

struct siku_operator_v1 {
  uint32_t size; /* sizeof(struct siku_operator_v1) */
  /* JSON as `siku ops NAME --json` prints it. The first column of `reads` holds the text that edits
   * and flags speak of. */
  const char* record;
  /* Once per step. `input`: the columns of the step, to be read only. `text`: the name of the
   * column with the text, or NULL. `parameters`: a JSON object, complete and checked against the
   * record. `written`: to be filled with a struct of the columns that apply gives, all of them
   * named in `writes`; left as it is where there are none. `state`: for apply, cancel and release.
   */
  int32_t (*bind)(const struct ArrowSchema* input, const char* text, const char* parameters,
                  struct ArrowSchema* written, void** state, struct siku_error_v1* error);
  /* From several threads at once on one state. `batch`: a struct array of all columns, lent for the
   * call. The same rows must give the same outcome, however they are cut into batches. */
  int32_t (*apply)(void* state, const struct ArrowArray* batch, struct siku_outcome_v1* outcome,
                   struct siku_error_v1* error);
  /* From another thread while apply runs: the run was asked to stop, apply shall return soon, its
   * value no longer matters. May be NULL; then the program waits. */
  void (*cancel)(void* state);
  void (*release)(void* state); /* may be NULL */
};

struct siku_plugin_v1 {
  uint32_t size;    /* sizeof(struct siku_plugin_v1) */
  uint32_t version; /* SIKU_PLUGIN_VERSION */
  int64_t operator_count;
  const struct siku_operator_v1* const* operators;
};

/* The symbol that a library exports: `const struct siku_plugin_v1* siku_plugin_v1(void)`. */
#if defined(__GNUC__)
#define SIKU_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define SIKU_PLUGIN_EXPORT
#endif

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif

#endif
