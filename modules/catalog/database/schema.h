// Tables of the catalogue, in SQL that SQLite and PostgreSQL both take.
#pragma once

namespace siku::catalog {

/// 2: grants, and records of the kind "access". What knows neither would show what they keep back.
/// 3: files of versions. What does not know them would publish versions without them.
inline constexpr int kCatalogFormat = 3;

/// What says which format the others have.
inline constexpr const char* kMeta =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)";
/// One statement each.
inline constexpr const char* kSchema[] = {
    "CREATE TABLE organisations (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT "
    "NULL,"
    " summary TEXT NOT NULL, created BIGINT NOT NULL)",
    // `record`: the descriptive elements, JSON.
    "CREATE TABLE datasets (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, organisation TEXT NOT "
    "NULL"
    " REFERENCES organisations (id), open_class TEXT NOT NULL, state TEXT NOT NULL,"
    " created BIGINT NOT NULL, modified BIGINT NOT NULL, record TEXT NOT NULL)",
    "CREATE INDEX datasets_by_organisation ON datasets (organisation)",
    "CREATE TABLE versions (dataset TEXT NOT NULL REFERENCES datasets (id), ordinal BIGINT NOT "
    "NULL,"
    " source TEXT NOT NULL, content TEXT NOT NULL, row_count BIGINT NOT NULL, bytes BIGINT NOT "
    "NULL,"
    " schema TEXT NOT NULL, created BIGINT NOT NULL, PRIMARY KEY (dataset, ordinal))",
    // Dated, never changed: what holds is the newest of a kind. `ordinal` 0: of the whole dataset.
    "CREATE TABLE records (number BIGINT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets "
    "(id),"
    " ordinal BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, created BIGINT NOT NULL)",
    "CREATE INDEX records_by_dataset ON records (dataset, kind)",
    "CREATE TABLE accounts (name TEXT PRIMARY KEY, password TEXT NOT NULL, roles TEXT NOT NULL,"
    " created BIGINT NOT NULL, failures BIGINT NOT NULL, locked_until BIGINT NOT NULL)",
    "CREATE TABLE sessions (hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts "
    "(name),"
    " csrf TEXT NOT NULL, expires BIGINT NOT NULL)",
    "CREATE TABLE api_keys (hash TEXT PRIMARY KEY, label TEXT NOT NULL, account TEXT NOT NULL"
    " REFERENCES accounts (name), scopes TEXT NOT NULL, created BIGINT NOT NULL,"
    " expires BIGINT NOT NULL)",
    "CREATE TABLE audit (number BIGINT PRIMARY KEY, time BIGINT NOT NULL, account TEXT NOT NULL,"
    " action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL)",
};
/// What format 2 has beside these.
inline constexpr const char* kFormat2[] = {
    "CREATE INDEX IF NOT EXISTS audit_of_runs ON audit (object) WHERE action = 'run.start'",
    // `body`: purpose, columns, rows, by whom, JSON. `ended` 0: not revoked.
    "CREATE TABLE grants (id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id),"
    " grantee TEXT NOT NULL, body TEXT NOT NULL, created BIGINT NOT NULL,"
    " expires BIGINT NOT NULL, ended BIGINT NOT NULL, ended_by TEXT NOT NULL)",
    "CREATE INDEX grants_by_dataset ON grants (dataset, grantee)",
    "CREATE INDEX grants_by_grantee ON grants (grantee)",
};
/// What format 3 has beside these.
inline constexpr const char* kFormat3[] = {
    // The bytes are in the store's folder `files`, by their digest.
    "CREATE TABLE version_files (dataset TEXT NOT NULL, ordinal BIGINT NOT NULL, name TEXT NOT "
    "NULL,"
    " title TEXT NOT NULL, bytes BIGINT NOT NULL, sha256 TEXT NOT NULL,"
    " PRIMARY KEY (dataset, ordinal, name),"
    " FOREIGN KEY (dataset, ordinal) REFERENCES versions (dataset, ordinal))",
};

}  // namespace siku::catalog
