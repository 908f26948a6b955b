// tests/language/remote_stub.h - an HTTP server inside the test, on 127.0.0.1 and a port of its own, that answers as a script
// says: well, slowly, in pieces, wrongly, or not at all. Plain sockets, a thread per connection; it remembers what it was asked.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bifrons {

struct StubRequest {
  std::string method, path, head, body;
  // The value of a header, or "" (names as curl writes them).
  std::string header(const std::string& name) const {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class StubConnection {
 public:
  StubConnection(int socket, const std::atomic<bool>& over) : socket_(socket), over_(over) {}

  bool send(std::string_view bytes) {  // false: the other side is gone
    while (!bytes.empty()) {
      const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return open_ = false;
      bytes.remove_prefix(size_t(n));
    }
    return true;
  }
  void send_slowly(std::string_view bytes, size_t step, int ms) {
    for (size_t i = 0; i < bytes.size() && send(bytes.substr(i, step)); i += step) pause(ms);
  }
  // Waits; ends early, with false, when the other side hangs up or the test ends.
  bool pause(int ms) {
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
         std::chrono::steady_clock::now() < end;) {
      if (over_) return false;
      pollfd p{socket_, POLLRDHUP, 0};
      if (::poll(&p, 1, 5) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR))) return open_ = false;
    }
    return true;
  }
  void hold() {  // until the other side hangs up
    while (pause(1000)) {
    }
  }
  void reset() {  // the rude end of a connection
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    open_ = false;
  }
  void close() { open_ = false; }
  bool open() const { return open_; }

  // ---- whole answers
  void reply(int status, const std::string& type, const std::string& body, const std::string& more_headers = "") {
    send("HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body);
  }
  void json(int status, const std::string& body, const std::string& more_headers = "") {
    reply(status, "application/json", body, more_headers);
  }
  void stream_head(const std::string& type = "text/event-stream; charset=utf-8") {  // the body ends with the connection
    send("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nConnection: close\r\n\r\n");
    closing_ = true;
  }
  void stream(const std::string& body) {
    stream_head();
    send(body);
    close();
  }
  bool closing() const { return closing_; }

 private:
  int socket_;
  const std::atomic<bool>& over_;
  bool open_ = true, closing_ = false;
};

using Handler = std::function<void(const StubRequest&, StubConnection&)>;
using Chats = std::vector<Handler>;

class StubServer {
 public:
  explicit StubServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("the stub server cannot listen on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  // Chats are answered by the scripts in order, the last one again and again; GET .../models by a list of one model, "stub".
  explicit StubServer(Chats chats)
      : StubServer([this, chats](const StubRequest& request, StubConnection& c) {
          if (request.method == "GET")
            return c.json(200, R"({"object":"list","data":[{"id":"stub","object":"model","max_model_len":4096}]})");
          const size_t n = size_t(chats_++);
          chats[std::min(n, chats.size() - 1)](request, c);
        }) {}
  ~StubServer() {
    over_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  StubServer(const StubServer&) = delete;
  StubServer& operator=(const StubServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& path = "/v1") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  int chats() const { return chats_; }
  std::vector<StubRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    while (!over_) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      threads_.emplace_back([this, socket] {
        serve(socket);
        ::close(socket);
      });
    }
  }
  void serve(int socket) {
    StubConnection connection(socket, over_);
    std::string waiting;
    while (connection.open() && !over_) {
      StubRequest request;
      size_t head_end, length = 0;
      while ((head_end = waiting.find("\r\n\r\n")) == std::string::npos)
        if (!more(socket, waiting)) return;
      request.head = waiting.substr(0, head_end + 2);
      waiting.erase(0, head_end + 4);
      const std::string sized = request.header("Content-Length");
      if (!sized.empty()) length = std::stoul(sized);
      while (waiting.size() < length)
        if (!more(socket, waiting)) return;
      request.body = waiting.substr(0, length);
      waiting.erase(0, length);
      const size_t a = request.head.find(' '), b = request.head.find(' ', a + 1);
      request.method = request.head.substr(0, a);
      request.path = request.head.substr(a + 1, b - a - 1);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      handler_(request, connection);
      if (connection.closing()) return;
    }
  }
  bool more(int socket, std::string& waiting) {
    while (!over_) {
      pollfd p{socket, POLLIN, 0};
      if (::poll(&p, 1, 10) <= 0) continue;
      char part[65536];
      const ssize_t n = ::recv(socket, part, sizeof part, 0);
      if (n <= 0) return false;
      waiting.append(part, size_t(n));
      return true;
    }
    return false;
  }

  Handler handler_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<int> chats_{0};
  mutable std::mutex mutex_;
  std::vector<StubRequest> requests_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;  // only the acceptor adds, and it has ended when they are joined
};

}  // namespace bifrons
