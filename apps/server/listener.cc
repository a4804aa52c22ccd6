#include "listener.h"

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

namespace siku::server {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using net::ip::tcp;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr uint32_t kMostHeader = 16 * 1024;  // bytes
constexpr size_t kFileChunk = 256 * 1024;    // bytes
constexpr size_t kIdleBuffer = 8 * 1024;     // bytes that a connection may keep between requests

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// What the connections share.
struct Shared {
  Shared(ListenOptions listen, Handler answer, std::function<void(const Answered&)> tell,
         net::thread_pool& pool)
      : options(std::move(listen)),
        handler(std::move(answer)),
        answered(std::move(tell)),
        workers(pool) {}

  ListenOptions options;
  Handler handler;
  std::function<void(const Answered&)> answered;
  net::thread_pool& workers;
  std::atomic<int> connections{0};
  std::atomic<int> working{0};
  std::atomic<bool> stopping{false};
};

/// One connection: read, answer, again. It lives as long as something is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    ++shared_->connections;
  }
  ~Connection() { --shared_->connections; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start() {
    net::dispatch(stream_.get_executor(), [self = Self()] { self->Wait(); });
  }

 private:
  std::shared_ptr<Connection> Self() { return shared_from_this(); }

  /// For the first byte of a request: a connection may be idle for long.
  void Wait() {
    parser_.emplace();
    parser_->header_limit(kMostHeader);
    parser_->body_limit(shared_->options.most_body);
    if (buffer_.size() > 0) return ReadHeader();
    stream_.expires_after(seconds(shared_->options.idle_seconds));
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = Self()](beast::error_code error, size_t bytes) {
                              if (error) return self->Close();
                              self->buffer_.commit(bytes);
                              self->ReadHeader();
                            });
  }
  void ReadHeader() {
    began_ = Clock::now();
    stream_.expires_after(seconds(shared_->options.header_seconds));
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = Self()](beast::error_code error, size_t) {
                              if (error) return self->Refuse(error);
                              self->Expect();
                            });
  }
  /// `Expect: 100-continue`: who asks whether he may send is told before he does.
  void Expect() {
    const auto expected = parser_->get()[http::field::expect];
    if (!beast::iequals(expected, "100-continue")) return ReadBody();
    static const std::string kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(stream_, net::buffer(kGoOn), [self = Self()](beast::error_code error, size_t) {
      if (error) return self->Close();
      self->ReadBody();
    });
  }
  void ReadBody() {
    if (parser_->is_done()) return Answer();
    stream_.expires_after(seconds(shared_->options.body_seconds));
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = Self()](beast::error_code error, size_t) {
                            if (error) return self->Refuse(error);
                            // One that trickles ends, too.
                            const auto longest = seconds(self->shared_->options.body_seconds * 20);
                            if (Clock::now() - self->began_ > longest) return self->Close();
                            self->ReadBody();
                          });
  }
  void Refuse(beast::error_code error) {
    keep_ = false;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return Send(TextResponse(431, "the request's header is too large\n"));
    }
    if (error == http::error::body_limit) {
      return Send(TextResponse(413, "the request's body is too large\n"));
    }
    const bool ours = error.category() == http::make_error_code(http::error::bad_method).category();
    if (ours && error != http::error::end_of_stream && error != http::error::partial_message) {
      return Send(TextResponse(400, "not a request of HTTP/1.1\n"));
    }
    Close();
  }

  void Answer() {
    stream_.expires_never();
    auto message = parser_->release();
    auto parsed = ParseTarget({message.target().data(), message.target().size()});
    keep_ = message.keep_alive() && !shared_->stopping;
    Request request = parsed.value_or(Request{});
    request.method = std::string(message.method_string());
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      request.headers.emplace(std::move(name), std::string(field.value()));
    }
    request.body = std::move(message.body());
    told_ = {.method = request.method, .path = request.path};
    reads_ = request.Reads();
    range_ = request.Header("range");
    if_range_ = request.Header("if-range");
    if (!parsed) return Send(TextResponse(400, "the address cannot be read\n"));
    net::post(shared_->workers, [self = Self(), request = std::move(request)] {
      ++self->shared_->working;
      // Nothing else is under way on this connection: what fits the socket leaves from here,
      // without another thread being woken for it.
      self->Send(self->shared_->handler(request));
      --self->shared_->working;
    });
  }

  void Send(Response response) {
    response_ = std::move(response);
    header_ = {};
    header_.version(11);
    left_ = response_.body.size();
    if (!response_.file.empty()) OpenFile();
    header_.result(static_cast<unsigned>(response_.status));
    header_.set(http::field::content_type, response_.type);
    for (const auto& [name, value] : response_.headers) header_.insert(name, value);
    // These have no body; of 304 a length would be that of the body it stands for.
    if (response_.status != 304 && response_.status != 204) header_.content_length(left_);
    header_.keep_alive(keep_);
    told_.status = response_.status;
    stream_.expires_after(seconds(shared_->options.body_seconds));
    if (file_ == nullptr && told_.method != "HEAD") return SendWhole();
    serializer_.emplace(header_);
    http::async_write_header(stream_, *serializer_,
                             [self = Self()](beast::error_code error, size_t) {
                               if (error) return self->Close();
                               if (self->told_.method == "HEAD") return self->Done({});
                               self->SendFile();
                             });
  }
  /// Header and body in one: whoever waits for the answer is woken once.
  void SendWhole() {
    whole_.emplace(std::move(header_));
    whole_->body() = {response_.body.data(), left_};
    whole_serializer_.emplace(*whole_);
    http::async_write(stream_, *whole_serializer_,
                      [self = Self()](beast::error_code error, size_t) {
                        if (!error) self->told_.bytes += self->left_;
                        self->Done(error);
                      });
  }
  void OpenFile() {
    file_.reset(std::fopen(response_.file.c_str(), "rb"));
    if (file_ == nullptr || std::fseek(file_.get(), 0, SEEK_END) != 0) {
      response_ = TextResponse(500, "a file of the server is gone\n");
      left_ = response_.body.size();
      return file_.reset();
    }
    const auto size = static_cast<uint64_t>(std::ftell(file_.get()));
    std::pair<uint64_t, uint64_t> part(0, size);
    const auto asked = reads_ && RangeHolds() ? ParseRange(range_, size) : std::nullopt;
    header_.set(http::field::accept_ranges, "bytes");
    if (asked && asked->second == 0) {
      header_.set(http::field::content_range, "bytes */" + std::to_string(size));
      response_.status = 416;
      part = {0, 0};
    } else if (asked) {
      part = *asked;
      header_.set(http::field::content_range, "bytes " + std::to_string(part.first) + "-" +
                                                  std::to_string(part.second - 1) + "/" +
                                                  std::to_string(size));
      response_.status = 206;
    }
    std::fseek(file_.get(), static_cast<long>(part.first), SEEK_SET);
    left_ = part.second - part.first;
  }
  /// `If-Range`: the part of what the client has, or all of what it is now.
  bool RangeHolds() const {
    if (if_range_.empty()) return true;
    for (const auto& [name, value] : response_.headers) {
      if (beast::iequals(name, "etag")) return value == if_range_;
    }
    return false;
  }
  void SendFile() {
    if (left_ == 0) return Done({});
    chunk_.resize(std::min<uint64_t>(kFileChunk, left_));
    const size_t got = std::fread(chunk_.data(), 1, chunk_.size(), file_.get());
    if (got == 0) return Close();  // it has become shorter: the client sees that bytes are missing
    left_ -= got;
    stream_.expires_after(seconds(shared_->options.body_seconds));
    net::async_write(stream_, net::buffer(chunk_.data(), got),
                     [self = Self()](beast::error_code error, size_t bytes) {
                       self->told_.bytes += bytes;
                       if (error) return self->Done(error);
                       self->SendFile();
                     });
  }
  void Done(beast::error_code error) {
    file_.reset();
    LetGo();
    told_.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    shared_->answered(told_);
    told_ = {};
    if (error || !keep_ || shared_->stopping) return Close();
    Wait();
  }
  /// A thousand idle connections are not to keep what each was last sent.
  void LetGo() {
    // Assigning an empty string would keep the block.
    std::string().swap(response_.body);
    std::string().swap(chunk_);
    if (buffer_.size() == 0 && buffer_.capacity() > kIdleBuffer) buffer_.shrink_to_fit();
  }
  void Close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_{kMostHeader + 65'536};
  std::optional<http::request_parser<http::string_body>> parser_{};
  http::response<http::empty_body> header_{};
  std::optional<http::response_serializer<http::empty_body>> serializer_{};
  std::optional<http::response<http::span_body<char>>> whole_{};
  std::optional<http::response_serializer<http::span_body<char>>> whole_serializer_{};
  Response response_{};
  std::string range_{};
  std::string if_range_{};
  std::unique_ptr<std::FILE, CloseFile> file_{};
  std::string chunk_{};
  uint64_t left_ = 0;  // bytes to send
  bool keep_ = false;
  bool reads_ = false;  // the request that is being answered
  Answered told_{};
  Clock::time_point began_{};
};

class BeastListener final : public Listener {
 public:
  BeastListener(const ListenOptions& options, Handler handler,
                std::function<void(const Answered&)> answered)
      : workers_(static_cast<size_t>(options.threads)),
        shared_(
            std::make_shared<Shared>(options, std::move(handler), std::move(answered), workers_)),
        acceptor_(context_),
        pause_(context_) {}
  ~BeastListener() override { Stop(0); }

  Result<void> Listen() {
    const ListenOptions& options = shared_->options;
    beast::error_code error;
    const auto address = net::ip::make_address(options.address, error);
    if (error) return Fail(Code::kInvalid, "not an IP address", options.address);
    for (int i = 0; i < options.tries; ++i) {
      const auto port = static_cast<uint16_t>(options.port + i);
      error = TryPort({address, port});
      if (!error) break;
    }
    if (error) {
      return Fail(Code::kBusy, "cannot listen there",
                  options.address + ":" + std::to_string(options.port) + ": " + error.message());
    }
    port_ = acceptor_.local_endpoint().port();
    Accept();
    network_ = std::thread([this] { context_.run(); });
    return {};
  }

  uint16_t port() const override { return port_; }
  void Stop(int wait) override {
    if (!network_.joinable()) return;
    shared_->stopping = true;
    net::post(context_, [this] {
      beast::error_code ignored;
      acceptor_.close(ignored);
    });
    const auto until = Clock::now() + seconds(wait);
    while (shared_->working > 0 && Clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    // What was answered in this moment still goes out.
    std::this_thread::sleep_for(std::chrono::milliseconds(wait > 0 ? 50 : 0));
    context_.stop();
    network_.join();
    workers_.join();
  }

 private:
  beast::error_code TryPort(const tcp::endpoint& endpoint) {
    beast::error_code error;
    if (acceptor_.is_open()) acceptor_.close(error);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    return error;
  }
  void Accept() {
    acceptor_.async_accept(
        net::make_strand(context_), [this](beast::error_code error, tcp::socket socket) {
          if (!acceptor_.is_open()) return;
          if (!error && shared_->connections < shared_->options.most_connections) {
            beast::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            std::make_shared<Connection>(std::move(socket), shared_)->Start();
          }
          if (!error) return Accept();
          // Out of descriptors, for example: not at once again.
          pause_.expires_after(std::chrono::milliseconds(50));
          pause_.async_wait([this](beast::error_code stopped) {
            if (!stopped && acceptor_.is_open()) Accept();
          });
        });
  }

  net::io_context context_{1};
  net::thread_pool workers_;
  std::shared_ptr<Shared> shared_;
  tcp::acceptor acceptor_;
  net::steady_timer pause_;
  std::thread network_{};
  uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Open(const ListenOptions& options, Handler handler,
                                                 std::function<void(const Answered&)> answered) {
  auto listener = std::make_unique<BeastListener>(options, std::move(handler), std::move(answered));
  SIKU_TRY(listener->Listen());
  return listener;
}

}  // namespace siku::server
