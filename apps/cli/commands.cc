#include "commands/commands.h"

#include <array>

namespace siku::cli {
namespace {

constexpr std::array kGroups = {
    CommandGroup{
        "recipe",
        "`siku recipe --help` lists the commands",
        {"check a recipe, or print its schema for editors", "检查配方，或输出供编辑器使用的模式"}},
    CommandGroup{
        "dataset",
        "`siku dataset --help` lists the commands",
        {"look at datasets, compare, export and verify them", "查看、比较、导出和校验数据集"}},
    CommandGroup{"cluster",
                 "`siku cluster --help` lists the commands",
                 {"look at a cluster before it does a run's tasks", "让集群执行任务之前先看一看"}},
    CommandGroup{"audit",
                 "`siku audit --help` lists the commands",
                 {"the log of who changed what in the catalogue", "目录中谁改了什么的日志"}},
    CommandGroup{"key",
                 "`siku key --help` lists the commands",
                 {"the key that opens what runs sealed", "打开运行所密封内容的密钥"}},
    CommandGroup{
        "signatures",
        "`siku signatures --help` lists the commands",
        {"write and cluster DataTrove's MinHash files", "写出和聚类 DataTrove 的 MinHash 文件"}},
    CommandGroup{"store",
                 "`siku store --help` lists the commands",
                 {"look after the store: space, damage, index", "维护存储：空间、损坏、索引"}},
};

constexpr std::array kCommands = {
    CommandEntry{"run",
                 {"run a recipe: files in, datasets and a ledger of every change out",
                  "运行配方：文件进，数据集和改动账本出"},
                 MakeRun},
    CommandEntry{"repair",
                 {"repair damaged Chinese text: text in, text out, without a store",
                  "修复受损的中文文本：文本进，文本出，不用存储"},
                 MakeRepair},
    CommandEntry{"task",
                 {"do one task of a planned run, for other engines",
                  "执行已规划运行的一个任务，供其他引擎使用"},
                 MakeTask},
    CommandEntry{"undo",
                 {"write the inputs of a run again, byte for byte, from the store alone",
                  "只凭存储，逐字节写回一次运行的输入"},
                 MakeUndo},
    CommandEntry{"serve",
                 {"the catalogue over HTTP: portal, API, and CKAN's API",
                  "以 HTTP 提供目录：门户、API 与 CKAN 的 API"},
                 MakeServe},
    CommandEntry{"stop", {"end the server of a store", "停止存储的服务"}, MakeStop},
    CommandEntry{"audit verify",
                 {"whether the catalogue's audit log is whole", "目录的审计日志是否完整"},
                 MakeAuditVerify},
    CommandEntry{"runs", {"list the runs", "列出运行"}, MakeRuns},
    CommandEntry{"report",
                 {"what a run found, repaired, proposed, flagged and left alone",
                  "一次运行发现、修复、提出、标记了什么，又放过了什么"},
                 MakeReport},
    CommandEntry{"edits", {"every edit of a run", "一次运行的每一处改动"}, MakeEdits},
    CommandEntry{"rejects",
                 {"the rows and records of a run that went no further, and why",
                  "一次运行中被拒绝的行和记录及其原因"},
                 MakeRejects},
    CommandEntry{"flags",
                 {"the places of a run worth a person's eye", "一次运行中值得人看一眼的地方"},
                 MakeFlags},
    CommandEntry{"stats",
                 {"the numbers that the filters of a run measured, row by row",
                  "一次运行的过滤器度量的数值，逐行列出"},
                 MakeStats},
    CommandEntry{
        "ops", {"list the operators, or show one in full", "列出算子，或完整显示一个"}, MakeOps},
    CommandEntry{
        "recipe check", {"find every mistake of a recipe", "找出配方的所有错误"}, MakeRecipeCheck},
    CommandEntry{
        "recipe schema",
        {"print the JSON Schema of recipes, for editors", "输出配方的 JSON Schema，供编辑器使用"},
        MakeRecipeSchema},
    CommandEntry{"cluster doctor",
                 {"whether the workers of a Ray or Spark cluster can do a run's tasks",
                  "检查 Ray 或 Spark 集群的工作进程能否执行运行的任务"},
                 MakeClusterDoctor},
    CommandEntry{"key new",
                 {"make a key that seals what a masking run keeps",
                  "生成密钥，用于密封隐去文本的运行所留内容"},
                 MakeKeyNew},
    CommandEntry{"key id", {"print the id of a key", "显示密钥的编号"}, MakeKeyId},
    CommandEntry{"dataset ls", {"list the datasets", "列出数据集"}, MakeDatasetLs},
    CommandEntry{"dataset show",
                 {"a dataset's versions, columns and lineage", "数据集的版本、列和来历"},
                 MakeDatasetShow},
    CommandEntry{"dataset head", {"its first rows", "前几行"}, MakeDatasetHead},
    CommandEntry{"dataset diff",
                 {"the rows added, removed and changed between two versions",
                  "两个版本之间增加、删除和改动的行"},
                 MakeDatasetDiff},
    CommandEntry{"dataset export",
                 {"write a version's rows into a file people use", "把一个版本的行写成常用文件"},
                 MakeDatasetExport},
    CommandEntry{"dataset verify",
                 {"hash files and rows again", "重新核对文件和行的摘要"},
                 MakeDatasetVerify},
    CommandEntry{"signatures write",
                 {"sign texts: the .minhash.sig files of DataTrove",
                  "为文本签名：DataTrove 的 .minhash.sig 文件"},
                 MakeSignaturesWrite},
    CommandEntry{"signatures cluster",
                 {"cluster signatures: its .dups, .clusters, .sizes and .remove files",
                  "聚类签名：其 .dups、.clusters、.sizes 和 .remove 文件"},
                 MakeSignaturesCluster},
    CommandEntry{
        "store info", {"what the store holds and takes", "存储里有什么、占多少"}, MakeStoreInfo},
    CommandEntry{
        "store gc", {"delete what no version refers to", "删除没有版本引用的文件"}, MakeStoreGc},
    CommandEntry{"store verify", {"verify every version", "校验所有版本"}, MakeStoreVerify},
    CommandEntry{"store rebuild",
                 {"make the index again from the files", "由文件重建索引"},
                 MakeStoreRebuild},
    CommandEntry{
        "store compact",
        {"rewrite a dataset's newest version into few files", "把数据集最新版本重写成少量文件"},
        MakeStoreCompact},
    CommandEntry{"doctor",
                 {"what this program runs on, and whether it is well", "程序的运行环境及是否正常"},
                 MakeDoctor},
    CommandEntry{"version", {"print the version", "显示版本"}, MakeVersion},
    CommandEntry{"completion",
                 {"print the completion script of a shell", "输出 shell 补全脚本"},
                 MakeCompletion},
};

}  // namespace

std::span<const CommandEntry> Commands() { return kCommands; }
std::span<const CommandGroup> CommandGroups() { return kGroups; }

}  // namespace siku::cli
