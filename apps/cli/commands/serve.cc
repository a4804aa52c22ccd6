// `siku serve`, `siku stop`: the catalogue's server.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/durable.h"
#include "catalogue_option.h"
#include "commands/commands.h"
#include "operators.h"
#include "siku/process.h"
#include "site.h"
#include "stop.h"
#include "store_option.h"

namespace siku::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kUsualPort = 8600;
constexpr int kPortTries = 20;
constexpr int kStopSeconds = 20;
constexpr auto kTick = std::chrono::milliseconds(100);
constexpr int64_t kTicksBetweenReleases = 300;

/// STORE/server.json: held locked by the server of the store, and what `siku stop` reads.
class ServerFile {
 public:
  static Result<ServerFile> Take(const std::string& path) {
    ServerFile file;
    file.descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file.descriptor_ < 0) return Errno("cannot write", path);
    if (flock(file.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      close(std::exchange(file.descriptor_, -1));  // what is in it is the other one's
      return Fail(Code::kBusy, "a server of this store is running", path, {},
                  "`siku stop` ends it");
    }
    return file;
  }
  ServerFile(ServerFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ServerFile& operator=(ServerFile&&) = delete;
  ~ServerFile() {
    if (descriptor_ < 0) return;
    (void)!ftruncate(descriptor_, 0);
    close(descriptor_);
  }
  void Write(const json& what) const {
    const std::string text = what.dump() + "\n";
    (void)!ftruncate(descriptor_, 0);
    (void)!pwrite(descriptor_, text.data(), text.size(), 0);
  }

 private:
  ServerFile() = default;
  int descriptor_ = -1;
};

/// One line of JSON on standard error.
void Log(json line) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  line["time"] =
      catalog::TimeText(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  (void)!write(STDERR_FILENO, text.data(), text.size());
}

/// Beside the program, where the build and a package put it; empty where it is not.
std::string PortalFolder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const char* place : {"../share/siku/portal", "../../web"}) {
    const fs::path folder = program.parent_path() / place;
    if (fs::exists(folder / "index.html", error)) return folder.lexically_normal().string();
  }
  return {};
}

void AllowManyConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

class Serve final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Integer("--port", "N", port_, 0,
                      {"the first that is free from this one on [8600]; 0: any",
                       "从此端口起第一个空闲的 [8600]；0：任意"},
                      65535);
    arguments.Option("--address", "IP", address_,
                     {"listen there [127.0.0.1]; beyond this machine only behind a reverse proxy "
                      "with TLS",
                      "监听地址 [127.0.0.1]；对外请置于带 TLS 的反向代理之后"});
    arguments.Option(
        "--url", "URL", url_,
        {"by which clients reach it, behind a proxy", "置于代理之后时，客户端使用的地址"});
    arguments.Option("--title", "TEXT", title_, {"of the site [Siku]", "站点名称 [Siku]"});
    arguments.Option("--portal", "DIR", portal_,
                     {"the built portal [beside the program]", "构建好的门户 [程序旁]"},
                     Offer::kFolder);
    catalogue_.Declare(arguments);
    store_.Declare(arguments);
    arguments.Shows("siku serve", {"the catalogue of ./.siku on 127.0.0.1:8600",
                                   "在 127.0.0.1:8600 提供 ./.siku 的目录"});
    arguments.Shows("siku serve --port 0 2>serve.log",
                    {"any free port; the log in a file", "任意空闲端口；日志写入文件"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto store, store_.Create());
    SIKU_TRY(const auto file, ServerFile::Take(store->path() + "/server.json"));
    // Downloads that were made are made again when they are asked for.
    std::error_code ignored;
    fs::remove_all(store->path() + "/exports", ignored);
    SIKU_TRY(const auto catalogue, catalog::Catalog::Open(catalogue_.PlaceIn(*store), *store));
    SIKU_TRY(catalogue->Reindex());
    SIKU_TRY(CreateAdministrator(*catalogue, store->path(), context));
    server::SiteOptions options{.title = title_,
                                .portal = portal_,
                                .url = url_,
                                .store = {store_.AbsolutePath(), store_.index()},
                                .operators = AllOperators()};
    if (options.portal.empty()) options.portal = PortalFolder();
    SIKU_TRY(const auto site, server::Site::Open(options, *catalogue));
    AllowManyConnections();
    server::ListenOptions listen{.address = address_, .port = static_cast<uint16_t>(port_)};
    listen.tries = port_ == 0 ? 1 : kPortTries;
    CatchStops();
    SIKU_TRY(const auto listener,
             server::Listener::Open(
                 listen, [&](const server::Request& request) { return site->Answer(request); },
                 [&](const server::Answered& answered) { Note(*site, answered); }));
    const std::string url = fmt::format("http://{}:{}", address_, listener->port());
    site->SetUrl(url_.empty() ? url : url_);
    file.Write({{"pid", getpid()}, {"url", url}});
    context.Line(url);
    SIKU_TRY(context.Finish());
    Log({{"event", "listening"}, {"url", url}, {"pid", getpid()}});
    for (int64_t ticks = 1; !Stopping(); ++ticks) {
      std::this_thread::sleep_for(kTick);
      if (ticks % kTicksBetweenReleases == 0) ReleaseFreedMemory();
    }
    listener->Stop(kStopSeconds);
    Log({{"event", "stopped"}});
    return 0;
  }

 private:
  static void Note(server::Site& site, const server::Answered& answered) {
    site.Count(answered);
    // Not the query: what people search for, and what keys scripts put there, is theirs.
    Log({{"event", "request"},
         {"method", answered.method},
         {"path", answered.path},
         {"status", answered.status},
         {"bytes", answered.bytes},
         {"ms", std::round(answered.seconds * 10'000) / 10}});
  }

  /// The first start makes the first account; its password is in a file that only the owner reads.
  static Result<void> CreateAdministrator(catalog::Catalog& catalogue, const std::string& store,
                                          Context& context) {
    SIKU_TRY(const bool there, catalogue.HasAccounts());
    if (there) return {};
    std::array<unsigned char, 15> random{};
    if (sodium_init() < 0) return Fail(Code::kInternal, "libsodium could not start");
    randombytes_buf(random.data(), random.size());
    std::array<char, 32> password{};
    sodium_bin2base64(password.data(), password.size(), random.data(), random.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const std::string path = store + "/first-password";
    const mode_t mask = umask(077);
    const auto written = ReplaceDurably(path, std::string(password.data()) + "\n");
    umask(mask);
    SIKU_TRY(Result<void>(written));
    SIKU_TRY(
        catalogue.CreateAccount(kOwner, "admin", password.data(), {catalog::Role::kAdministrator}));
    context.Note(
        fmt::format(fmt::runtime(context.Say({"The account `admin` was made; its password is in {}",
                                              "已创建账户 admin，密码在 {}"})),
                    path));
    return {};
  }

  int64_t port_ = kUsualPort;
  std::string address_ = "127.0.0.1";
  std::string url_{};
  std::string title_ = "Siku";
  std::string portal_{};
  CatalogueOption catalogue_{};
  StoreOption store_{};
};

class Stop final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    arguments.Shows("siku stop", {"end the server of ./.siku", "停止 ./.siku 的服务"});
  }

  Result<int> Run(Context& context) override {
    const std::string path = store_.path() + "/server.json";
    const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return NoServer();
    const auto text = ReadWhole(path, 4096);
    // Whoever holds the lock is the server: a process that has its number by chance does not.
    const bool runs = flock(descriptor, LOCK_EX | LOCK_NB) != 0;
    const json told = json::parse(text.value_or(""), nullptr, false);
    if (!runs || !told.is_object() || !told.contains("pid")) {
      close(descriptor);
      return NoServer();
    }
    const auto pid = told.at("pid").get<pid_t>();
    if (kill(pid, SIGTERM) != 0) return Errno("the server could not be stopped", path);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(kStopSeconds + 5);
    bool ended = false;
    while (!ended && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ended = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    }
    close(descriptor);
    if (!ended) return Fail(Code::kBusy, "the server has not ended yet", std::to_string(pid));
    context.Line(fmt::format(fmt::runtime(context.Say({"stopped: {}", "已停止：{}"})),
                             told.value("url", std::string())));
    return 0;
  }

 private:
  tl::unexpected<Error> NoServer() const {
    return Fail(Code::kNotFound, "no server of this store is running", store_.path());
  }
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeServe() { return Make<Serve>(); }
std::unique_ptr<Command> MakeStop() { return Make<Stop>(); }

}  // namespace siku::cli
