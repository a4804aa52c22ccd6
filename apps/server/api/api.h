// The routes of /api/v1, by subject.
#pragma once

#include <string>
#include <vector>

#include "router.h"
#include "siku/catalog/catalog.h"

namespace siku::server {

struct Services {
  catalog::Catalog& catalog;
  std::string title;
};

void AddSessionRoutes(Services& services, std::vector<Route>& routes);
void AddDatasetRoutes(Services& services, std::vector<Route>& routes);
void AddVersionRoutes(Services& services, std::vector<Route>& routes);
void AddOrganisationRoutes(Services& services, std::vector<Route>& routes);
void AddAuditRoutes(Services& services, std::vector<Route>& routes);

/// `session` empty: deletes it.
std::string SessionCookie(const std::string& session);
inline constexpr const char* kSessionCookie = "siku_session";

}  // namespace siku::server
