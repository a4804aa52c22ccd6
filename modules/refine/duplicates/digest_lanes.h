// The first words of SHA-1 and MD5 of many short messages at once. The peers hash shingles with
// them; as identities of shingles, not for secrecy.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace siku::refine::duplicates {

/// The first eight bytes of each message's SHA-1 (FIPS 180-4) as a little-endian number: its lower
/// half is datasketch's sha1_hash32, the whole is DataTrove's sha1_hash64.
void Sha1Hashes(std::span<const std::string_view> messages, std::span<uint64_t> hashes);

/// The first eight bytes of each message's MD5 (RFC 1321) as a big-endian number, as
/// simhash-pybind's unsigned_hash takes them.
void Md5Hashes(std::span<const std::string_view> messages, std::span<uint64_t> hashes);

}  // namespace siku::refine::duplicates
