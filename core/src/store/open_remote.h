// Opening a store in S3: its folder on this machine, as far as LookAtFolder looks.
#pragma once

#include <memory>
#include <string>

#include "../objects/mirror.h"
#include "siku/result.h"

namespace siku {

/// `url`: s3://bucket/prefix; `index`: of PostgreSQL. `create`: makes a store where there is none.
/// kInvalid: no index is named, or the objects are of something else. kNotFound: no store, no such
/// bucket.
Result<std::shared_ptr<Mirror>> OpenMirror(const std::string& url, bool create,
                                           const std::string& index);

}  // namespace siku
