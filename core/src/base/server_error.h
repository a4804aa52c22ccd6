// What Arrow says of a server of objects, in our words.
#pragma once

#include <optional>
#include <string>

#include "siku/result.h"

namespace siku {

/// The error in a message of Arrow's that tells of a server of objects (`… AWS Error NAME during
/// Operation operation: …`); none in any other. Never a credential.
std::optional<Error> ServerError(const std::string& message);
/// One of those, or NoCredentials.
bool IsServerError(const Error& error);
/// The server refuses, or fails in a way that some do where a request has no credentials.
bool MayLackCredentials(const Error& error);
Error NoCredentials();

}  // namespace siku
