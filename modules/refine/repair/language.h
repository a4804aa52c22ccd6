// Scores text by the language model, spaces left out and traditional characters taken as the
// simplified ones that fit best.
#pragma once

#include <span>

#include "repair/page.h"
#include "repair/page_model.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// What stands before; costs are tenths of a bit.
struct Context {
  ModelId before = kModelBorder;
  ModelId last = kModelBorder;

  void Push(ModelId id) {
    // The model has learnt from lines that begin behind two borders.
    before = id == kModelBorder ? id : last;
    last = id;
  }
};

class Language {
 public:
  explicit Language(const Tables& tables) : tables_(tables) {}
  /// From now on what the page says counts as well.
  void Learn(std::span<const ModelId> page) { page_ = PageModel(page); }

  /// Moves the context over the character. Spaces cost nothing.
  int Read(Context& context, char32_t character) const;
  /// The same of a stretch of the page itself, which may be damaged and does not speak for itself.
  int ReadApart(Context& context, char32_t character) const;
  /// The simplified form that fits between what is before and the ids that follow, its cost over
  /// them, and by how much the next best form is worse (a large number where there is one only).
  static constexpr int kOnlyForm = 1000;
  struct Choice {
    char32_t character = 0;
    int lead = 0;
  };
  Choice Simplify(Context context, char32_t character, std::span<const ModelId> ahead) const;
  int ReadIds(Context context, std::span<const ModelId> ids) const;
  const Tables& tables() const { return tables_; }

 private:
  int CostApart(const Context& context, char32_t character, ModelId id) const;
  int CostOf(const Context& context, char32_t character, ModelId id) const;
  template <class CostOfId>
  int ReadBy(Context& context, char32_t character, const CostOfId& cost_of) const;
  const Tables& tables_;
  PageModel page_;
};

}  // namespace siku::refine
