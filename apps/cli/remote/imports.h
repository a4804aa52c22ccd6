// What a server makes of an uploaded file; both wait until it is done and show how far it is.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "remote/transfer.h"

namespace siku::cli {

/// What the file is taken for; `given` is held to.
Result<nlohmann::json> GuessUpload(const Server& server, const UploadedFile& file,
                                   const nlohmann::json& given, const Context& context);
/// Imports it as the newest version of a dataset, as ImportedJson has it. kUnbalanced: what the
/// server has is not the file that is here.
Result<nlohmann::json> ImportUpload(const Server& server, const UploadedFile& file,
                                    const std::string& dataset, const nlohmann::json& plan,
                                    const Context& context);
/// Removes it from the server, as far as that can be done.
void GiveUp(const Server& server, const UploadedFile& file);

}  // namespace siku::cli
