// `--catalogue PLACE`: where the catalogue of a store is.
#pragma once

#include <string>

#include "arguments.h"
#include "siku/catalog/identity.h"
#include "siku/store.h"

namespace siku::cli {

/// Who can write the store's files can write its catalogue.
inline const catalog::Actor kOwner{"siku", {catalog::Role::kAdministrator}, {}};

class CatalogueOption {
 public:
  void Declare(Arguments& arguments);
  /// --catalogue, else $SIKU_CATALOGUE, else catalogue.db in the store.
  std::string PlaceIn(const Store& store) const;

 private:
  std::string given_;
};

}  // namespace siku::cli
