// Quality of what is said of a dataset: metrics of the catalogue's record, and the score of MQA.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "quality/metric.h"
#include "siku/catalog/quality.h"

namespace siku::catalog {

/// Of record, classes and versions; none of rows.
std::vector<Metric> RecordMetrics(const QualityQuestion& question);

/// {points, most, reachable, rating, dimensions: [{name, title, points, most, items}]}. Source: the
/// method of data.europa.eu's Metadata Quality Assessment, 405 points.
nlohmann::json MetadataScore(const QualityQuestion& question);

}  // namespace siku::catalog
