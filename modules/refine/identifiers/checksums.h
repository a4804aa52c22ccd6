// The arithmetic that tells a number from a look-alike: each function takes ASCII digits and
// capital letters, and gives false for any other length or character.
#pragma once

#include <string_view>

namespace siku::refine {

/// GB 11643-1999: division, date of birth that exists, ISO 7064 MOD 11-2 over 17 digits and one
/// digit or X.
bool IsResidentId(std::string_view id);
/// The 15 digits before 1999: division and date of birth; there is no checksum.
bool IsOldResidentId(std::string_view id);
/// GB 32100-2015: 18 characters of its alphabet, kinds of registering authority and body, division,
/// check character MOD 31.
bool IsCreditCode(std::string_view code);
/// GB 11714-1997: the check character of the nine characters of an organisation code.
bool IsOrganisationCode(std::string_view code);
/// ISO/IEC 7812-1, Annex B.
bool PassesLuhn(std::string_view digits);
/// Issuer ranges in use (UnionPay, Visa, Mastercard, American Express, JCB, Diners, Discover,
/// Maestro) at lengths they issue.
bool IsCardIssuer(std::string_view digits);
/// Range of the MIIT's numbering plan that is given to mobile phones; 11 digits.
bool IsMobile(std::string_view digits);
/// Digits of the area code, zero included, that `digits` begins with; 0: none.
int AreaCodeLength(std::string_view digits);

}  // namespace siku::refine
