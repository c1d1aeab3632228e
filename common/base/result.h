// Errors as values. Every function that can fail for a reason outside the program returns Result<T> (or Status when
// there is no value); exceptions are left to bugs and to start-up. An Error is one sentence for a person, without a
// trailing full stop or newline, in the words that the caller may show as they are.
#pragma once

#include <boost/system/result.hpp>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace redoubt {

// Made with braces, Error{"text"}, and in no other way: were it constructible with parentheses from a std::string, a
// Result<std::string> could not be returned from a plain string.
struct Error {
  Error() = default;
  Error(std::initializer_list<std::string> one) : text(*one.begin()) {}

  std::string text;
};

// boost::system::result calls this when value() is taken from a result that holds an error: that is a bug.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error(error.text);
}

template <typename T>
using Result = boost::system::result<T, Error>;
using Status = Result<void>;

}  // namespace redoubt
