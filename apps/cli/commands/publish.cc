// `siku dataset publish`: a version of the store into the catalogue, here or on a server.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "catalogue_option.h"
#include "commands/commands.h"
#include "remote/datasets.h"
#include "remote/server_option.h"
#include "siku/catalog/catalog.h"
#include "store_option.h"

namespace siku::cli {
namespace {

class Publish final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", source_,
                         {"a version of the store: NAME, NAME@3; alone: the newest",
                          "存储中的版本：名字、名字@3；只写名字为最新版本"},
                         Offer::kDataset);
    arguments.Option("--as", "NAME", dataset_.name,
                     {"its name in the catalogue [the store's]", "在目录中的名字 [同存储]"});
    arguments.Option("--title", "TEXT", dataset_.title,
                     {"for people; needed the first time", "标题；首次发布时必填"});
    arguments.Option("--summary", "TEXT", dataset_.summary, {"what it is", "摘要"});
    arguments.Option(
        "--organisation", "NAME", dataset_.organisation,
        {"who publishes; made if it is not there [default]", "发布机构；没有则创建 [default]"});
    arguments.Options("--keyword", "WORD", dataset_.keywords, {"may be repeated", "可重复"});
    arguments.Choice(
        "--class", {"unconditional", "conditional", "closed"}, class_,
        {"of opening, the first time [unconditional]", "首次发布时的开放属性 [unconditional]"});
    catalogue_.Declare(arguments);
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset publish first-light --title 修复过的新闻",
                    {"its newest version, for everybody", "最新版本，无条件开放"});
  }

  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return OnServer(*server, context);
    }
    SIKU_TRY(const auto store, store_.Open());
    SIKU_TRY(const auto source, store->FindVersion(source_));
    SIKU_TRY(const auto catalogue, catalog::Catalog::Open(catalogue_.PlaceIn(*store), *store));
    if (dataset_.name.empty()) dataset_.name = source.dataset;
    SIKU_TRY(MakeSure(*catalogue));
    const std::string exact = fmt::format("{}@{}", source.dataset, source.ordinal);
    const auto published = catalogue->Publish(kOwner, dataset_.name, exact);
    const bool there = !published.has_value() && published.error().code == Code::kConflict;
    if (!published.has_value() && !there) return tl::make_unexpected(published.error());
    Say(exact, there, context);
    return 0;
  }

 private:
  /// The same by the server's API, of a version of the server's store.
  Result<int> OnServer(const Server& server, Context& context) {
    if (dataset_.name.empty()) dataset_.name = SplitVersion(source_).dataset;
    if (!class_.empty()) {
      SIKU_TRY(dataset_.open_class, catalog::ParseOpenClass(class_));
    }
    nlohmann::json wanted = {{"name", dataset_.name},
                             {"organisation", dataset_.organisation},
                             {"title", dataset_.title},
                             {"summary", dataset_.summary},
                             {"keywords", dataset_.keywords}};
    if (!class_.empty()) wanted["class"] = class_;
    SIKU_TRY(MakeSureOf(server, wanted));
    const auto published =
        server.Ask("POST", server.Path(dataset_.name) + "/versions", {}, {{"source", source_}});
    const bool there = !published.has_value() && published.error().code == Code::kConflict;
    if (!published.has_value() && !there) return tl::make_unexpected(published.error());
    Say(there ? source_ : published->value("source", source_), there, context);
    return 0;
  }

  void Say(const std::string& source, bool there, Context& context) const {
    const Text text = there ? Text{"{}: published already, as {}", "{}：已经发布为 {}"}
                            : Text{"{}: published as {}", "{}：已发布为 {}"};
    context.Line(fmt::format(fmt::runtime(context.Say(text)), source, dataset_.name));
  }

  /// Organisation and dataset are there.
  Result<void> MakeSure(catalog::Catalog& catalogue) {
    if (catalogue.Find(kOwner, dataset_.name).has_value()) return {};
    if (dataset_.organisation.empty()) dataset_.organisation = "default";
    if (!catalogue.FindOrganisation(dataset_.organisation).has_value()) {
      catalog::Organisation organisation{.name = dataset_.organisation, .title = {}};
      SIKU_TRY(const auto made, catalogue.CreateOrganisation(kOwner, organisation));
      (void)made;
    }
    if (!class_.empty()) {
      SIKU_TRY(dataset_.open_class, catalog::ParseOpenClass(class_));
    }
    SIKU_TRY(const auto made, catalogue.CreateDataset(kOwner, dataset_));
    (void)made;
    return {};
  }

  std::string source_{};
  std::string class_{};
  catalog::Dataset dataset_{};
  CatalogueOption catalogue_{};
  StoreOption store_{};
  ServerOption server_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetPublish() { return Make<Publish>(); }

}  // namespace siku::cli
