#include "api/schemas.h"

#include <nlohmann/json.hpp>

namespace siku::server {

nlohmann::json ComponentSchemas() {
  static constexpr const char* kSchemas = R"json({
"Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object",
  "required": ["code", "message", "value", "place", "hint"], "properties": {
    "code": {"type": "string"}, "message": {"type": "string"}, "value": {"type": "string"},
    "place": {"type": "string"}, "hint": {"type": "string"}}}}},
"Named": {"type": "object", "required": ["name", "title"], "properties": {
  "name": {"type": "string"}, "title": {"type": "string"}}},
"Contact": {"type": "object", "properties": {
  "name": {"type": "string"}, "email": {"type": "string"}, "phone": {"type": "string"}}},
"Link": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"},
  "url": {"type": "string"}, "format": {"type": "string"}, "summary": {"type": "string"}}},
"Temporal": {"type": "object", "properties": {
  "start": {"type": "string"}, "end": {"type": "string"}}},
"Column": {"type": "object", "required": ["name", "type"], "properties": {
  "name": {"type": "string"}, "type": {"type": "string"}}},
"Span": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
"Dataset": {"type": "object", "required": ["name", "title", "summary", "code", "organisation",
    "class", "conditions", "themes", "keywords", "update_cycle", "licence", "spatial", "temporal",
    "contacts", "links", "state", "created", "modified", "formats", "rows", "bytes", "version"],
  "properties": {"name": {"type": "string"}, "title": {"type": "string"},
    "summary": {"type": "string"}, "code": {"type": "string"},
    "organisation": {"$ref": "#/components/schemas/Named"},
    "class": {"enum": ["unconditional", "conditional", "closed"]},
    "conditions": {"type": "string"},
    "themes": {"type": "array", "items": {"type": "string"}},
    "keywords": {"type": "array", "items": {"type": "string"}},
    "update_cycle": {"type": "string"}, "licence": {"type": "string"},
    "spatial": {"type": "string"}, "temporal": {"$ref": "#/components/schemas/Temporal"},
    "contacts": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}},
    "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
    "state": {"enum": ["draft", "published", "withdrawn"]},
    "created": {"type": "string", "format": "date-time"},
    "modified": {"type": "string", "format": "date-time"},
    "formats": {"type": "array", "items": {"type": "string"}},
    "rows": {"type": "integer"}, "bytes": {"type": "integer"},
    "version": {"type": "integer", "description": "the newest that is not withdrawn; 0: none"},
    "highlights": {"type": "object", "description": "of a hit; in code points", "properties": {
      "title": {"type": "array", "items": {"$ref": "#/components/schemas/Span"}},
      "summary": {"type": "array", "items": {"$ref": "#/components/schemas/Span"}}}}}},
"DatasetFields": {"type": "object", "properties": {"name": {"type": "string"},
    "title": {"type": "string"}, "summary": {"type": "string"}, "code": {"type": "string"},
    "organisation": {"type": "string"},
    "class": {"enum": ["unconditional", "conditional", "closed"]},
    "conditions": {"type": "string"},
    "themes": {"type": "array", "items": {"type": "string"}},
    "keywords": {"type": "array", "items": {"type": "string"}},
    "update_cycle": {"type": "string"}, "licence": {"type": "string"},
    "spatial": {"type": "string"}, "temporal": {"$ref": "#/components/schemas/Temporal"},
    "contacts": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}},
    "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}}},
"Version": {"type": "object", "required": ["ordinal", "content", "rows", "bytes", "created",
    "state", "reason", "source", "schema"], "properties": {"ordinal": {"type": "integer"},
    "content": {"type": "string"}, "rows": {"type": "integer"}, "bytes": {"type": "integer"},
    "created": {"type": "string", "format": "date-time"},
    "state": {"enum": ["published", "withdrawn"]}, "reason": {"type": "string"},
    "source": {"type": "string"},
    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Column"}}}},
"DatasetWithVersions": {"allOf": [{"$ref": "#/components/schemas/Dataset"}, {"type": "object",
  "required": ["versions"], "properties": {
    "versions": {"type": "array", "items": {"$ref": "#/components/schemas/Version"}}}}]},
"FacetValue": {"type": "object", "required": ["value", "title", "count"], "properties": {
  "value": {"type": "string"}, "title": {"type": "string"}, "count": {"type": "integer"}}},
"Listing": {"type": "object", "required": ["total", "datasets", "facets"], "properties": {
  "total": {"type": "integer"},
  "datasets": {"type": "array", "items": {"$ref": "#/components/schemas/Dataset"}},
  "facets": {"type": "object", "additionalProperties": {"type": "array",
    "items": {"$ref": "#/components/schemas/FacetValue"}}}}},
"Suggestions": {"type": "object", "required": ["suggestions"], "properties": {"suggestions": {
  "type": "array", "items": {"type": "object", "required": ["text", "kind"], "properties": {
    "text": {"type": "string"}, "kind": {"enum": ["title", "keyword"]}}}}}},
"Organisation": {"type": "object", "required": ["name", "title", "summary", "datasets"],
  "properties": {"name": {"type": "string"}, "title": {"type": "string"},
    "summary": {"type": "string"}, "datasets": {"type": "integer"}}},
"Organisations": {"type": "object", "required": ["organisations"], "properties": {
  "organisations": {"type": "array", "items": {"$ref": "#/components/schemas/Organisation"}}}},
"OrganisationFields": {"type": "object", "required": ["name", "title"], "properties": {
  "name": {"type": "string"}, "title": {"type": "string"}, "summary": {"type": "string"}}},
"Rows": {"type": "object", "required": ["total", "offset", "columns", "rows", "numbers",
    "hidden"],
  "properties": {"total": {"type": "integer", "description": "of the rows that fit the filters"},
    "offset": {"type": "integer"},
    "columns": {"type": "array", "items": {"$ref": "#/components/schemas/Column"}},
    "rows": {"type": "array", "items": {"type": "array", "items": {}}},
    "numbers": {"description": "places of the rows in the version, from 0; null: from offset on",
      "anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "integer"}}]},
    "hidden": {"type": "array", "items": {"type": "string"},
      "description": "columns that policy withholds from who asks"}}},
"SqlQuestion": {"type": "object", "required": ["sql"], "properties": {
  "sql": {"type": "string", "description": "one SELECT over the table rows"},
  "limit": {"type": "integer", "description": "rows, at most 10,000 [1,000]"}}},
"SqlAnswer": {"type": "object", "required": ["columns", "rows", "truncated", "hidden"],
  "properties": {"columns": {"type": "array", "items": {"$ref": "#/components/schemas/Column"}},
    "rows": {"type": "array", "items": {"type": "array", "items": {}}},
    "truncated": {"type": "boolean", "description": "there are more rows than these"},
    "hidden": {"type": "array", "items": {"type": "string"}}}},
"Histogram": {"type": "object", "required": ["edges", "counts"], "properties": {
  "edges": {"type": "array", "items": {"type": ["number", "string"]},
    "description": "one more than counts; of texts: of their lengths in characters"},
  "counts": {"type": "array", "items": {"type": "integer"}}}},
"ColumnStatistics": {"type": "object", "required": ["rows", "nulls", "distinct", "top", "histogram",
    "limited"], "properties": {"rows": {"type": "integer"}, "nulls": {"type": "integer"},
    "distinct": {"type": ["integer", "null"], "description": "exact, of what is not null"},
    "limited": {"type": "boolean", "description": "too many values to count them by value"},
    "min": {}, "max": {}, "mean": {"type": ["number", "null"]},
    "deviation": {"type": ["number", "null"], "description": "of the population"},
    "quantiles": {"description": "a quarter, a half, three quarters", "anyOf": [{"type": "null"},
      {"type": "array", "items": {"type": "number"}}]},
    "lengths": {"type": "object", "description": "of texts, in characters", "properties": {
      "min": {"type": ["integer", "null"]}, "max": {"type": ["integer", "null"]},
      "mean": {"type": ["number", "null"]}}},
    "top": {"description": "the ten commonest values; texts cut", "anyOf": [{"type": "null"},
      {"type": "array", "items": {"type": "object", "required": ["value", "count"],
        "properties": {"value": {}, "count": {"type": "integer"}}}}]},
    "histogram": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Histogram"}]}}},
"Statistics": {"type": "object", "required": ["rows", "complete", "columns", "hidden"],
  "properties": {"rows": {"type": "integer"},
    "complete": {"type": "boolean", "description": "false: ask again, it goes on"},
    "columns": {"type": "array", "items": {"type": "object",
      "required": ["name", "type", "statistics"], "properties": {"name": {"type": "string"},
        "type": {"type": "string"}, "statistics": {"description": "null: not computed",
          "anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/ColumnStatistics"}]}}}},
    "hidden": {"type": "array", "items": {"type": "string"}}}},
"Lineage": {"type": "object", "required": ["ordinal", "content", "files", "lineage"],
  "properties": {"ordinal": {"type": "integer"}, "content": {"type": "string"},
    "files": {"type": "integer"}, "lineage": {"type": "object"}}},
"ColumnChange": {"type": "object", "required": ["name", "before", "after"], "properties": {
  "name": {"type": "string"}, "before": {"type": "string"}, "after": {"type": "string"}}},
"RowChange": {"type": "object", "required": ["kind", "before", "after"], "properties": {
  "kind": {"enum": ["added", "removed", "changed"]},
  "before": {"type": ["object", "null"]}, "after": {"type": ["object", "null"]}}},
"Differences": {"type": "object", "required": ["before", "after", "columns", "rows"],
  "properties": {"before": {"type": "integer"}, "after": {"type": "integer"},
    "columns": {"type": "object", "required": ["added", "removed", "changed"], "properties": {
      "added": {"type": "array", "items": {"$ref": "#/components/schemas/Column"}},
      "removed": {"type": "array", "items": {"$ref": "#/components/schemas/Column"}},
      "changed": {"type": "array", "items": {"$ref": "#/components/schemas/ColumnChange"}}}},
    "rows": {"description": "null where the columns differ", "anyOf": [{"type": "null"},
      {"type": "object", "required": ["added", "removed", "changed", "same", "samples"],
        "properties": {"added": {"type": "integer"}, "removed": {"type": "integer"},
          "changed": {"type": "integer"}, "same": {"type": "integer"},
          "samples": {"type": "array",
            "items": {"$ref": "#/components/schemas/RowChange"}}}}]}}},
"Source": {"type": "object", "required": ["source"], "properties": {
  "source": {"type": "string", "description": "a version of the store: name@3"}}},
"Withdrawal": {"type": "object", "required": ["reason"], "properties": {
  "ordinal": {"type": ["integer", "null"], "description": "null: the whole dataset"},
  "reason": {"type": "string"}}},
"Withheld": {"type": "object", "required": ["columns"], "properties": {
  "columns": {"type": "array", "items": {"type": "string"}}}},
"Done": {"type": "object"},
"Me": {"type": "object", "required": ["account", "csrf", "title", "version"], "properties": {
  "account": {"anyOf": [{"type": "null"}, {"type": "object", "required": ["name", "roles"],
    "properties": {"name": {"type": "string"},
      "roles": {"type": "array", "items": {"type": "string"}}}}]},
  "csrf": {"type": "string"}, "title": {"type": "string"}, "version": {"type": "string"}}},
"Credentials": {"type": "object", "required": ["name", "password"], "properties": {
  "name": {"type": "string"}, "password": {"type": "string"}}},
"AccountFields": {"type": "object", "required": ["name", "password", "roles"], "properties": {
  "name": {"type": "string"}, "password": {"type": "string"},
  "roles": {"type": "array", "items": {"type": "string"}}}},
"KeyFields": {"type": "object", "required": ["label", "scopes", "days"], "properties": {
  "label": {"type": "string"}, "days": {"type": "integer"},
  "scopes": {"type": "array", "items": {"enum": ["read", "write"]}}}},
"Key": {"type": "object", "required": ["key"], "properties": {"key": {"type": "string",
  "description": "shown this once"}}},
"AuditEntry": {"type": "object", "required": ["ordinal", "time", "account", "action", "object",
    "detail", "hash"], "properties": {"ordinal": {"type": "integer"},
    "time": {"type": "string", "format": "date-time"}, "account": {"type": "string"},
    "action": {"type": "string"}, "object": {"type": "string"}, "detail": {"type": "object"},
    "hash": {"type": "string"}}},
"Audit": {"type": "object", "required": ["entries", "verified"], "properties": {
  "entries": {"type": "array", "items": {"$ref": "#/components/schemas/AuditEntry"}},
  "verified": {"type": "boolean", "description": "whether the whole chain holds"},
  "broken": {"type": "integer", "description": "the first entry that does not follow"}}},
"Runs": {"type": "object", "required": ["runs"], "properties": {"runs": {"type": "array",
  "items": {"$ref": "#/components/schemas/Run"}}}},
"Run": {"type": "object", "required": ["id", "state", "recipe", "created"], "properties": {
  "id": {"type": "string"}, "state": {"type": "string"}, "recipe": {"type": "string"},
  "created": {"type": "string", "format": "date-time"}}}
})json";
  return nlohmann::json::parse(kSchemas);
}

}  // namespace siku::server
