// One maker for every command; each is written in the file of its name.
#pragma once

#include <memory>

#include "command.h"

namespace siku::cli {

std::unique_ptr<Command> MakeRun();
std::unique_ptr<Command> MakeTask();
std::unique_ptr<Command> MakeRepair();
std::unique_ptr<Command> MakeUndo();
std::unique_ptr<Command> MakeRuns();
std::unique_ptr<Command> MakeReport();
std::unique_ptr<Command> MakeEdits();
std::unique_ptr<Command> MakeRejects();
std::unique_ptr<Command> MakeFlags();
std::unique_ptr<Command> MakeStats();
std::unique_ptr<Command> MakeOps();
std::unique_ptr<Command> MakeRecipeCheck();
std::unique_ptr<Command> MakeRecipeSchema();
std::unique_ptr<Command> MakeKeyNew();
std::unique_ptr<Command> MakeKeyId();
std::unique_ptr<Command> MakeDatasetLs();
std::unique_ptr<Command> MakeDatasetShow();
std::unique_ptr<Command> MakeDatasetHead();
std::unique_ptr<Command> MakeDatasetDiff();
std::unique_ptr<Command> MakeDatasetExport();
std::unique_ptr<Command> MakeDatasetQuality();
std::unique_ptr<Command> MakeDatasetVerify();
std::unique_ptr<Command> MakeDatasetImport();
std::unique_ptr<Command> MakeDatasetAccess();
std::unique_ptr<Command> MakeDatasetPublish();
std::unique_ptr<Command> MakeSignaturesWrite();
std::unique_ptr<Command> MakeSignaturesCluster();
std::unique_ptr<Command> MakeStoreInfo();
std::unique_ptr<Command> MakeStoreGc();
std::unique_ptr<Command> MakeStoreVerify();
std::unique_ptr<Command> MakeStoreRebuild();
std::unique_ptr<Command> MakeStoreCompact();
std::unique_ptr<Command> MakeServe();
std::unique_ptr<Command> MakeStop();
std::unique_ptr<Command> MakeAuditVerify();
std::unique_ptr<Command> MakeCatalogueCopy();
std::unique_ptr<Command> MakeClusterDoctor();
std::unique_ptr<Command> MakeDoctor();
std::unique_ptr<Command> MakeVersion();
std::unique_ptr<Command> MakeCompletion();

}  // namespace siku::cli
