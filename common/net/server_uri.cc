#include "common/net/server_uri.h"

#include <boost/url/parse.hpp>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr std::string_view form =
    "redis://[[USER]:PASSWORD@]HOST[:PORT][/DB] or unix://[[USER]:PASSWORD@]/PATH[?db=DB]";

bool read_db(std::string_view text, int& db) {
  const auto number = parse_u64(text);
  if (!number || *number > INT32_MAX) return false;
  db = static_cast<int>(*number);
  return true;
}

bool read_host(const boost::urls::url_view& url, ServerUri& uri) {
  if (!url.encoded_host().empty()) uri.endpoint.host = url.host_address();
  if (const std::string_view port = url.port(); !port.empty()) {
    const auto number = parse_u64(port);
    if (!number || *number < 1 || *number > UINT16_MAX) return false;
    uri.endpoint.port = static_cast<int>(*number);
  }
  if (url.has_query()) return false;
  const std::string path = url.path();
  return path.empty() || path == "/" || read_db(std::string_view(path).substr(1), uri.db);
}

bool read_socket(const boost::urls::url_view& url, ServerUri& uri) {
  uri.endpoint.path = url.path();
  if (uri.endpoint.path.size() < 2 || !url.encoded_host().empty() || url.has_port()) return false;
  for (const auto& parameter : url.params()) {
    if (parameter.key != "db" || !read_db(parameter.value, uri.db)) return false;
  }
  return true;
}

}  // namespace

Result<ServerUri> parse_server_uri(std::string_view text) {
  const auto refused = [text] {
    return Error{"'" + std::string(text) + "' is no address of a server: " + std::string(form)};
  };
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed || parsed->has_fragment()) return refused();
  const boost::urls::url_view& url = *parsed;
  if (url.scheme() == "rediss") return Error{"'" + std::string(text) + "' asks for TLS, which is not there"};
  ServerUri uri;
  uri.user = url.user();
  uri.password = url.password();
  // redis://PASSWORD@HOST
  if (!url.has_password()) std::swap(uri.user, uri.password);
  const bool read = url.scheme() == "redis"  ? read_host(url, uri)
                    : url.scheme() == "unix" ? read_socket(url, uri)
                                             : false;
  if (!read) return refused();
  return uri;
}

}  // namespace redoubt
