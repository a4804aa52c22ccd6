/* my.text.narrow_letters: full-width Latin letters, digits and signs (U+FF01 to U+FF5E, U+3000 apart)
 * become plain ones, and a column counts them.
 *
 *   cc -shared -fPIC -O2 -I <folder of siku/plugin.h> -o libnarrow.so narrow.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "siku/plugin.h"

static const char kRecord[] =
    "{"
    "\"name\": \"my.text.narrow_letters\", \"version\": 1,"
    "\"summary\": \"Make full-width Latin letters, digits and signs plain, and count them.\","
    "\"summary_zh\": \"将全角拉丁字母、数字和符号转为半角，并统计个数。\","
    "\"example\": \"narrow: {use: my.text.narrow_letters, from: pages}\","
    "\"parameters\": [{\"name\": \"column\", \"type\": \"text\", \"summary\": \"The text column.\","
    "  \"summary_zh\": \"文本列。\", \"default\": \"text\"}],"
    "\"reads\": [\"$column\"], \"writes\": [\"$column\", \"narrowed\"],"
    "\"rules\": [{\"name\": \"full_width\", \"summary\": \"A full-width letter, digit or sign.\","
    "  \"summary_zh\": \"全角的字母、数字或符号。\"}]"
    "}";

static int32_t Fail(struct siku_error_v1* error, int32_t code, const char* why) {
  snprintf(error->message, sizeof(error->message), "%s", why);
  return code;
}

/* ---- bind: which column is read, which one is added -------------------------------------------- */

struct State {
  int64_t column;
};

static void ReleaseField(struct ArrowSchema* field) { field->release = NULL; }

static void ReleaseFields(struct ArrowSchema* schema) {
  for (int64_t i = 0; i < schema->n_children; ++i) {
    if (schema->children[i]->release != NULL) schema->children[i]->release(schema->children[i]);
  }
  free(schema->private_data);
  schema->release = NULL;
}

/* A struct of one column of 64-bit integers. */
struct OneField {
  struct ArrowSchema field;
  struct ArrowSchema* fields[1];
};

static int32_t Bind(const struct ArrowSchema* input, const char* text, const char* parameters,
                    struct ArrowSchema* written, void** state, struct siku_error_v1* error) {
  (void)parameters; /* the only one is the text column's name */
  struct State* bound = calloc(1, sizeof(*bound));
  struct OneField* one = calloc(1, sizeof(*one));
  if (bound == NULL || one == NULL) {
    free(bound);
    free(one);
    return Fail(error, 7, "no memory");
  }
  while (strcmp(input->children[bound->column]->name, text) != 0) ++bound->column;
  one->field.format = "l";
  one->field.name = "narrowed";
  one->field.flags = 2; /* may be null */
  one->field.release = ReleaseField;
  one->fields[0] = &one->field;
  written->format = "+s";
  written->name = "";
  written->n_children = 1;
  written->children = one->fields;
  written->release = ReleaseFields;
  written->private_data = one;
  *state = bound;
  return 0;
}

static void Release(void* state) { free(state); }

/* ---- apply: edits and counts of one batch ------------------------------------------------------ */

struct Made {
  struct siku_edit_v1* edits;
  char* after; /* one byte an edit */
  int64_t count, room;
};

/* The plain character of the full-width one at `text`, or 0. U+FF01 is EF BC 81, U+FF5E EF BD 9E. */
static char PlainOf(const unsigned char* text, int64_t size) {
  if (size < 3 || text[0] != 0xEF || (text[1] != 0xBC && text[1] != 0xBD)) return 0;
  const int code = ((text[1] & 0x3F) << 6) | (text[2] & 0x3F); /* of the lower 12 bits */
  const int plain = code - 0xF01 + '!';
  return plain >= '!' && plain <= '~' ? (char)plain : 0;
}

static int Add(struct Made* made, int32_t row, int64_t at, char plain) {
  if (made->count == made->room) {
    const int64_t room = made->room == 0 ? 64 : made->room * 2;
    struct siku_edit_v1* edits = realloc(made->edits, (size_t)room * sizeof(*edits));
    if (edits != NULL) made->edits = edits;
    char* after = realloc(made->after, (size_t)room);
    if (after != NULL) made->after = after;
    if (edits == NULL || after == NULL) return 0;
    made->room = room;
  }
  made->after[made->count] = plain;
  made->edits[made->count++] = (struct siku_edit_v1){
      .row = row, .confidence = 1000, .begin = at, .end = at + 3, .after_size = 1};
  return 1;
}

static void ReleaseOutcome(struct siku_outcome_v1* outcome) {
  struct Made* made = outcome->private_data;
  free(made->edits);
  free(made->after);
  free(made);
}

struct Counts {
  struct ArrowArray array;
  struct ArrowArray* arrays[1];
  const void* of_struct[1];
  const void* buffers[2]; /* which rows are there (the batch's own bits, copied), and the counts */
};

static void ReleaseChild(struct ArrowArray* array) { array->release = NULL; }

static void ReleaseCounts(struct ArrowArray* columns) {
  struct Counts* counts = columns->private_data;
  free((void*)counts->buffers[0]);
  free((void*)counts->buffers[1]);
  free(counts);
  columns->release = NULL;
}

static struct Counts* NewCounts(int64_t rows) {
  struct Counts* counts = calloc(1, sizeof(*counts));
  if (counts == NULL) return NULL;
  counts->buffers[0] = calloc((size_t)(rows / 8 + 1), 1);
  counts->buffers[1] = calloc((size_t)rows + 1, sizeof(int64_t));
  if (counts->buffers[0] != NULL && counts->buffers[1] != NULL) return counts;
  free((void*)counts->buffers[0]);
  free((void*)counts->buffers[1]);
  free(counts);
  return NULL;
}

static void Give(struct Counts* counts, int64_t rows, struct ArrowArray* columns) {
  counts->array = (struct ArrowArray){.length = rows,
                                      .null_count = -1,
                                      .n_buffers = 2,
                                      .buffers = counts->buffers,
                                      .release = ReleaseChild};
  counts->arrays[0] = &counts->array;
  *columns = (struct ArrowArray){.length = rows,
                                 .n_buffers = 1,
                                 .n_children = 1,
                                 .buffers = counts->of_struct,
                                 .children = counts->arrays,
                                 .release = ReleaseCounts,
                                 .private_data = counts};
}

static int IsThere(const struct ArrowArray* texts, int64_t row) {
  const unsigned char* bits = texts->buffers[0];
  const int64_t at = row + texts->offset;
  return bits == NULL || (bits[at / 8] >> (at % 8) & 1) != 0;
}

static int32_t Apply(void* state, const struct ArrowArray* batch, struct siku_outcome_v1* outcome,
                     struct siku_error_v1* error) {
  const struct State* bound = state;
  const struct ArrowArray* texts = batch->children[bound->column];
  const int64_t* offsets = (const int64_t*)texts->buffers[1] + texts->offset;
  const unsigned char* bytes = texts->buffers[2];
  struct Made* made = calloc(1, sizeof(*made));
  struct Counts* counts = NewCounts(batch->length);
  int whole = made != NULL && counts != NULL;
  for (int64_t row = 0; whole && row < batch->length; ++row) {
    if (!IsThere(texts, row)) continue;
    ((unsigned char*)counts->buffers[0])[row / 8] |= (unsigned char)(1 << (row % 8));
    const int64_t size = offsets[row + 1] - offsets[row];
    for (int64_t at = 0; whole && at < size; ++at) {
      const char plain = PlainOf(bytes + offsets[row] + at, size - at);
      if (plain == 0) continue;
      ++((int64_t*)counts->buffers[1])[row];
      whole = Add(made, (int32_t)row, at, plain);
    }
  }
  /* The batch is done; the bytes of the edits no longer move. */
  for (int64_t i = 0; made != NULL && i < made->count; ++i) made->edits[i].after = made->after + i;
  if (counts != NULL) Give(counts, batch->length, &outcome->columns);
  outcome->private_data = made;
  if (!whole) {
    if (made != NULL) ReleaseOutcome(outcome);
    return Fail(error, 7, "no memory");
  }
  outcome->rows = batch->length;
  outcome->edit_count = made->count;
  outcome->edits = made->edits;
  outcome->release = ReleaseOutcome;
  return 0;
}

/* ---- the table --------------------------------------------------------------------------------- */

static const struct siku_operator_v1 kNarrow = {
    .size = sizeof(struct siku_operator_v1),
    .record = kRecord,
    .bind = Bind,
    .apply = Apply,
    .release = Release,
};
static const struct siku_operator_v1* const kOperators[] = {&kNarrow};
static const struct siku_plugin_v1 kPlugin = {
    .size = sizeof(struct siku_plugin_v1),
    .version = SIKU_PLUGIN_VERSION,
    .operator_count = 1,
    .operators = kOperators,
};

SIKU_PLUGIN_EXPORT const struct siku_plugin_v1* siku_plugin_v1(void) { return &kPlugin; }
